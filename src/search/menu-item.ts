/** One line of the café's menu. */
export interface MenuItem {
  /** Kebab-case, unique on the menu. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** US dollars; of the smallest cup where the drink comes in several. */
  readonly price: number;
  /** One emoji. */
  readonly icon: string;
  /** Further words people use for it, separated by spaces. */
  readonly tags: string;
  /** True for a drink made in every cup size, roast and number of shots. */
  readonly isSized: boolean;
}
