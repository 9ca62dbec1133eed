import { posix } from 'node:path';
import { defineConfig, type UserConfig } from 'vitepress';
import { sourcePageOf } from '../site/source-pages.ts';
import { SIDEBAR } from './sidebar.ts';

const config: UserConfig = defineConfig({
  lang: 'en-GB',
  title: 'Ossicle',
  description: 'Voice search for web pages: the speech pipeline, the element, and the server.',
  base: process.env['DOCS_BASE'] ?? '/',
  outDir: '../dist/docs',
  cacheDir: '../.vite/docs',
  metaChunk: true,
  ignoreDeadLinks: 'localhostLinks',
  head: [
    ['meta', { name: 'theme-color', media: '(prefers-color-scheme: light)', content: '#ffffff' }],
    ['meta', { name: 'theme-color', media: '(prefers-color-scheme: dark)', content: '#1b1b1f' }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // As TypeDoc and most places that show Markdown name headings.
    anchor: {
      slugify: (text) =>
        text
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .trim()
          .replaceAll(' ', '-'),
    },
    config: (markdown) => {
      // Links to the source lead to the site's own copy, so that it needs no other site.
      markdown.core.ruler.push('source-links', ({ tokens, env }) => {
        const page: string = env.relativePath;
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const [target = '', anchor] = (token.attrGet('href') ?? '').split('#');
          if (token.type !== 'link_open' || target === '' || /^(\w+:|\/)/.test(target)) continue;
          const place = sourcePageOf(page, target);
          if (place === undefined) continue;
          const path = posix.relative(posix.dirname(page), place);
          token.attrSet('href', `${path}.md${anchor === undefined ? '' : `#${anchor}`}`);
        }
      });
    },
  },
  themeConfig: {
    outline: { level: [2, 3], label: 'On this page' },
    search: { provider: 'local' },
    sidebar: SIDEBAR,
    docFooter: { prev: 'Before', next: 'After' },
    externalLinkIcon: true,
  },
});

export default config;
