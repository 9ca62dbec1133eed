const MODIFIERS = { ctrl: 'ctrlKey', alt: 'altKey', shift: 'shiftKey', meta: 'metaKey' } as const;

/** True when a key press is the one that words like "ctrl+shift+s" name. */
export function isHotkey(event: KeyboardEvent, hotkey: string): boolean {
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
