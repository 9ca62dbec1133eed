import { COFFEE_MENU } from './menu-coffee.ts';
import { EXTRAS_MENU } from './menu-extras.ts';
import { FOOD_MENU } from './menu-food.ts';
import type { MenuItem } from './menu-item.ts';
import { TEA_MENU } from './menu-tea.ts';

/** The whole menu of a small café: the demo's catalogue. */
export const CATALOGUE: readonly MenuItem[] = [...COFFEE_MENU, ...TEA_MENU, ...FOOD_MENU, ...EXTRAS_MENU];
