/**
 * The element with this id.
 *
 * @throws TypeError when the page has none, or one of another kind: markup and script no longer fit.
 */
export function pageElement<E extends Element>(id: string, kind: abstract new (...args: never[]) => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`The page has no ${kind.name} with id "${id}"; markup and script do not fit together`);
}

/** A new element with a class and text; text is never read as markup. */
export function textElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text: string,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
