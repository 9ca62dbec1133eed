/**
 * Rewrites package.json for an image that only serves: what the server needs (elsewhere optional peer dependencies)
 * becomes a dependency, what builds and tests is dropped. `npm prune` then leaves the locked versions of the former.
 *
 * Removes onnxruntime's libraries for other systems, too: they are most of its weight.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The page carries what it needs of the former in `dist/app`; the latter's files are in `models/`. */
const NOT_FOR_SERVING = ['onnxruntime-web', '@ossicle/moonshine-tiny-en'];
const NATIVE = 'node_modules/onnxruntime-node/bin';

const { devDependencies, peerDependencies, peerDependenciesMeta, scripts, ...manifest } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
for (const name of NOT_FOR_SERVING) delete peerDependencies[name];
manifest.dependencies = { ...manifest.dependencies, ...peerDependencies };
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);

for (const version of existsSync(NATIVE) ? readdirSync(NATIVE) : []) {
  for (const platform of readdirSync(join(NATIVE, version))) {
    for (const architecture of readdirSync(join(NATIVE, version, platform))) {
      if (platform !== process.platform || architecture !== process.arch)
        rmSync(join(NATIVE, version, platform, architecture), { recursive: true });
    }
  }
}
