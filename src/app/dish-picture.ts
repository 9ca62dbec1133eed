import { icon } from '../element/icon.ts';

/** A drawing for every category of the menu, on a 24 by 24 grid. */
const DRAWINGS: Readonly<Record<string, string>> = {
  'Brewed coffee':
    'M5 9h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 10.5h1.5a2.5 2.5 0 0 1 0 5H16M8.5 3c-1 1.3 1 2 0 3.5M12.5 3c-1 1.3 1 2 0 3.5',
  'Espresso drinks': 'M6.5 9h9.5v3a4.75 4.75 0 0 1-9.5 0zM16 10h1a2 2 0 0 1 0 4h-1.6M4 19.5h15M11.2 3c-1 1.3 1 2 0 3.5',
  'Iced coffee':
    'M6.5 8h11l-1.2 11.2a1.5 1.5 0 0 1-1.5 1.3H9.2a1.5 1.5 0 0 1-1.5-1.3zM12.5 8l1.5-5h3M9.5 11.5h3v3h-3zM14.8 14.5v3h-3',
  'Tea and more':
    'M8 10h7.5c1.7 1.4 2.5 2.9 2.5 4.7 0 3-2.6 4.8-6.3 4.8s-6.2-1.8-6.2-4.8c0-1.8.8-3.3 2.5-4.7zM8.5 10a3.3 2.6 0 0 1 6.5 0M11.750 7.4V5.5M18 14c2.2 0 1.2-3.2 3.5-3.5M5.7 12.8c-3.2-1.2-4.2 4.8.2 4.4',
  Bakery:
    'M6.5 12a3 3 0 0 1 .8-5.6 4.9 4.9 0 0 1 9.4 0 3 3 0 0 1 .8 5.6zM7.5 12l1.3 7.5h6.4l1.3-7.5M10.5 12.5l.5 6.5M13.5 12.5l-.5 6.5',
  Kitchen: 'M3.5 11h17a8.5 8.5 0 0 1-5.5 7.5v1.5H9v-1.5A8.5 8.5 0 0 1 3.5 11zM14 11l4.5-7.5M8.5 3.5c-1 1.3 1 2 0 3.5',
  Milks:
    'M7 9.5l2.2-4.5h5.6L17 9.5V19a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19zM7 9.5h10M9.2 5V3h5.6v2M12 12.3c1.4 1.7 1.9 2.4 1.9 3.2a1.9 1.9 0 0 1-3.8 0c0-.8.5-1.5 1.9-3.2z',
  'Sweet extras':
    'M9.5 9h5l2 3v7a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 19v-7zM10.5 9V6h3v3M12 6V3.5h4M7.5 14h9M7.5 17h9',
  Beans:
    'M4.5 15.5C3 11 6.5 5.5 11 6s5.5 5.5 3 9-8 4.5-9.5.5zM5.5 16.5c2-3.5 4.5-3.5 6.5-10M16.5 9.5c2.8 0 4.3 2.3 3.7 5.2-.7 3.2-3.4 5.3-6.2 4.3M18.5 11c-1 3-3 3.5-4.2 8',
};

/** For a category that the menu did not have: a plate. */
const PLATE = 'M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z';

/** A picture of what a dish of this category looks like; its words stand beside it, so that it is only to be seen. */
export function dishPicture(category: string): HTMLSpanElement {
  const frame = document.createElement('span');
  frame.className = 'dish-picture';
  frame.append(icon(DRAWINGS[category] ?? PLATE));
  return frame;
}
