import { join } from 'node:path';
import { Application, OptionDefaults, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { GENERATED, ROOT } from './places.ts';

/** What sites import, by where its source lies. */
const MODULES: Readonly<Record<string, string>> = {
  index: 'ossicle',
  'element/element': 'ossicle/element',
  'delivery/send-outbox': 'ossicle/outbox',
};

/** Tags of the custom-elements manifest, which has a page of its own. */
const ELEMENT_TAGS = ['@attr', '@csspart', '@cssprop', '@slot', '@tagname', '@fires'] as const;

/**
 * Writes the reference of the package's modules, from their source, to `reference/api/`.
 *
 * @throws Error when TypeDoc finds anything to complain about.
 */
export async function writeApiPages(): Promise<void> {
  const options: TypeDocOptions & Partial<PluginOptions> = {
    plugin: ['typedoc-plugin-markdown'],
    out: join(GENERATED, 'api'),
    entryPoints: Object.keys(MODULES).map((module) => join(ROOT, 'src', `${module}.ts`)),
    entryFileName: 'index.md',
    basePath: join(ROOT, 'src'),
    tsconfig: join(ROOT, 'src/tsconfig.json'),
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    readme: 'none',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    outputFileStrategy: 'modules',
    useCodeBlocks: true,
    parametersFormat: 'table',
    enumMembersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    expandObjects: true,
    sanitizeComments: true,
    blockTags: [...OptionDefaults.blockTags, ...ELEMENT_TAGS],
    notRenderedTags: [...OptionDefaults.notRenderedTags, ...ELEMENT_TAGS],
    cleanOutputDir: true,
    githubPages: false,
    name: 'API',
    logLevel: 'Warn',
  };
  const application = await Application.bootstrapWithPlugins(options);
  const project = await application.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the source.');
  for (const module of project.children ?? []) module.name = MODULES[module.name] ?? module.name;
  await application.generateOutputs(project);
  const { logger } = application;
  if (logger.hasWarnings() || logger.hasErrors()) throw new Error('TypeDoc has complaints, see above.');
}
