import type { DefaultTheme } from 'vitepress';

/** Every page, in the order in which they are read. */
export const SIDEBAR: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'Glossary', link: '/glossary' },
    ],
  },
  {
    text: 'The element',
    items: [
      { text: '&lt;voice-search&gt;', link: '/reference/element' },
      { text: 'Words', link: '/reference/words' },
      { text: 'Policies and frames', link: '/policies' },
      { text: 'Bundlers and frameworks', link: '/bundlers' },
      { text: 'Apps with a web view', link: '/web-views' },
    ],
  },
  {
    text: 'The module',
    items: [
      { text: 'SpeechPipeline', link: '/pipeline' },
      { text: 'Options', link: '/reference/options' },
      { text: 'Speech that waits', link: '/queue' },
      { text: 'API', link: '/reference/api/' },
    ],
  },
  {
    text: 'The server',
    items: [
      { text: 'For others', link: '/deployment' },
      { text: 'Monitoring', link: '/monitoring' },
      { text: 'HTTP API', link: '/reference/http' },
      { text: 'Commands', link: '/reference/commands' },
    ],
  },
  {
    text: 'About',
    items: [
      { text: 'How it works', link: '/design' },
      { text: 'Privacy', link: '/privacy' },
      { text: 'Accessibility', link: '/accessibility' },
      { text: 'Browsers', link: '/browsers' },
      { text: 'Sizes', link: '/reference/sizes' },
      { text: 'Benchmarks', link: '/benchmarks' },
    ],
  },
];
