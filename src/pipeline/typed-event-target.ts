type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void } | null;

interface TypedTarget<Events> {
  dispatchEvent(event: Event): boolean;
  addEventListener<K extends keyof Events & string>(
    type: K,
    listener: Listener<Events[K]>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: Listener<Events[K]>,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** `EventTarget` with a map of its events' types; nothing is added at run time. */
export const TypedEventTarget: new <Events>() => TypedTarget<Events> = EventTarget as never;
