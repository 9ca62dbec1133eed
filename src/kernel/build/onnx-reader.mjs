/**
 * The float32 tensors of an ONNX file, and the branches of its `If` nodes that hold them.
 * Source: onnx/onnx.proto3 (field numbers of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto).
 */
import { readFields, readPackedIntegers } from './protobuf-reader.mjs';

/** @typedef {{ dims: number[], values: Float32Array }} FloatTensor */
/**
 * @typedef {object} Graph
 * @property {Map<string, FloatTensor>} tensors float32 initializers and constants by name.
 * @property {Map<string, number>} integers Scalar int64 constants by name.
 * @property {Node[]} nodes
 */
/** @typedef {{ operator: string, inputs: string[], outputs: string[], graphs: Map<string, Graph> }} Node */
/** @typedef {{ name: string, dims: number[], floats: Float32Array | null, integers: number[] | null }} Tensor */
/** @typedef {{ name: string, tensor: Tensor | null, graph: Graph | null }} Attribute */

const FLOAT = 1;
const INT64 = 7;
const decoder = new TextDecoder();

/**
 * Reads the graph of an ONNX model.
 *
 * @param {Uint8Array} model The file.
 * @returns {Graph}
 * @throws {Error} When the bytes are no ONNX model.
 */
export function readOnnx(model) {
  const graph = readFields(model).find((field) => field.number === 7)?.bytes;
  if (!graph) throw new Error('onnx: the model holds no graph (field 7 of ModelProto)');
  return readGraph(graph);
}

/**
 * @param {Uint8Array} bytes GraphProto.
 * @returns {Graph}
 */
function readGraph(bytes) {
  /** @type {Graph} */
  const graph = { tensors: new Map(), integers: new Map(), nodes: [] };
  for (const field of readFields(bytes)) {
    if (!field.bytes) continue;
    if (field.number === 1) readNode(field.bytes, graph);
    else if (field.number === 5) {
      const tensor = readTensor(field.bytes);
      keepTensor(graph, tensor.name, tensor);
    }
  }
  return graph;
}

/**
 * @param {Uint8Array} bytes NodeProto.
 * @param {Graph} graph Receives the node, or the value of a constant.
 */
function readNode(bytes, graph) {
  /** @type {Node} */
  const node = { operator: '', inputs: [], outputs: [], graphs: new Map() };
  /** @type {Tensor | null} */
  let value = null;
  for (const field of readFields(bytes)) {
    if (!field.bytes) continue;
    if (field.number === 1) node.inputs.push(decoder.decode(field.bytes));
    else if (field.number === 2) node.outputs.push(decoder.decode(field.bytes));
    else if (field.number === 4) node.operator = decoder.decode(field.bytes);
    else if (field.number === 5) {
      const attribute = readAttribute(field.bytes);
      if (attribute.graph) node.graphs.set(attribute.name, attribute.graph);
      else if (attribute.name === 'value') value = attribute.tensor;
    }
  }
  const output = node.outputs[0];
  if (node.operator === 'Constant' && value && output !== undefined) keepTensor(graph, output, value);
  else graph.nodes.push(node);
}

/**
 * @param {Uint8Array} bytes AttributeProto.
 * @returns {Attribute}
 */
function readAttribute(bytes) {
  /** @type {Attribute} */
  const attribute = { name: '', tensor: null, graph: null };
  for (const field of readFields(bytes)) {
    if (!field.bytes) continue;
    if (field.number === 1) attribute.name = decoder.decode(field.bytes);
    else if (field.number === 5) attribute.tensor = readTensor(field.bytes);
    else if (field.number === 6) attribute.graph = readGraph(field.bytes);
  }
  return attribute;
}

/**
 * @param {Uint8Array} bytes TensorProto.
 * @returns {Tensor} Without values unless float32 or int64.
 */
function readTensor(bytes) {
  /** @type {Tensor} */
  const tensor = { name: '', dims: [], floats: null, integers: null };
  let dataType = 0;
  /** @type {Uint8Array[]} */
  const payloads = [];
  /** @type {number[]} int64_data */
  const packed = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) {
      if (field.bytes) tensor.dims.push(...readPackedIntegers(field.bytes));
      else tensor.dims.push(Number(BigInt.asIntN(64, field.varint)));
    } else if (field.number === 2 && field.varint !== null) dataType = Number(field.varint);
    else if (field.number === 8 && field.bytes) tensor.name = decoder.decode(field.bytes);
    else if (field.number === 7) {
      if (field.bytes) packed.push(...readPackedIntegers(field.bytes));
      else packed.push(Number(BigInt.asIntN(64, field.varint)));
    }
    // raw_data (9) and float_data (4) are both little-endian float32; float_data may come in pieces.
    else if (field.bytes && (field.number === 9 || field.number === 4)) payloads.push(field.bytes);
  }
  const raw = concatenate(payloads);
  if (dataType === FLOAT) {
    if (raw.length % 4 !== 0) throw new Error(`onnx: tensor ${tensor.name} has ${raw.length} bytes, no multiple of 4`);
    tensor.floats = new Float32Array(raw.buffer);
  } else if (dataType === INT64 && raw.length % 8 === 0) {
    tensor.integers = [...packed, ...new BigInt64Array(raw.buffer)].map((value) => Number(value));
  }
  return tensor;
}

/**
 * @param {Uint8Array[]} pieces
 * @returns {Uint8Array<ArrayBuffer>} A copy of its own, so that wider typed arrays can look at it.
 */
function concatenate(pieces) {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @param {Tensor} tensor
 */
function keepTensor(graph, name, tensor) {
  if (tensor.floats) graph.tensors.set(name, { dims: tensor.dims, values: tensor.floats });
  else if (tensor.integers?.length === 1) graph.integers.set(name, /** @type {number} */ (tensor.integers[0]));
}
