const MODIFIERS = { ctrl: 'ctrlKey', alt: 'altKey', shift: 'shiftKey', meta: 'metaKey' } as const;

/** True when a key press is the one that words like "ctrl+shift+s" name. */
function isHotkey(event: KeyboardEvent, hotkey: string): boolean {
  const names = hotkey
    .toLowerCase()
    .split('+')
    .map((name) => name.trim());
  const key = names.pop();
  return (
    key === event.key.toLowerCase() &&
    Object.entries(MODIFIERS).every(([name, field]) => event[field] === names.includes(name))
  );
}

/** Calls back when the keys that the `hotkey` attribute of `host` names are pressed anywhere in the page. */
export function watchHotkey(host: Element, press: () => void, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    (event) => {
      const hotkey = host.getAttribute('hotkey');
      if (hotkey === null || event.repeat || !isHotkey(event, hotkey)) return;
      event.preventDefault();
      press();
    },
    { signal },
  );
}
