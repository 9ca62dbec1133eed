/**
 * Quantises Silero's weights to 8 bits: `node src/kernel/build/quantise.mjs`.
 *
 * Takes a dozen seconds, so its result is kept in `src/kernel/weights` and this runs only when the model or the method
 * changes. The same model and clips give the same bytes.
 */
import { readFileSync } from 'node:fs';
import { buildVariant } from './build-variant.mjs';
import { calibrationFiles, calibrationSignals } from './calibration-signals.mjs';
import { sha256 } from './inputs.mjs';
import { writeInt8 } from './int8-file.mjs';
import { gatherMoments } from './layer-moments.mjs';
import { packInt8 } from './pack-int8.mjs';
import { ASSEMBLY_DIR, modelPath, ROOT_DIR, WEIGHTS_DIR } from './paths.mjs';
import { readSileroWeights } from './silero-weights.mjs';
import { FP16 } from './variants.mjs';

const model = readFileSync(modelPath());
const weights = readSileroWeights(model);
const { module, regions } = await buildVariant(FP16, { weights, modelSha256: sha256(model) }, ASSEMBLY_DIR);
const signals = await calibrationSignals(calibrationFiles(ROOT_DIR));
const moments = gatherMoments(await WebAssembly.compile(module), regions, signals);
const bytes = writeInt8(WEIGHTS_DIR, packInt8(weights, moments), sha256(model));
console.log(`kernel: src/kernel/weights/silero-v6-int8.bin ${bytes} bytes`);
