/** The part of JSON Schema (2020-12, as OpenAPI 3.1 has it) that is used here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly contentMediaType?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Fields of `T` that may be missing. */
type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/**
 * The schema of an object with exactly the fields of `T`: the compiler says which one is missing, or too many.
 *
 * @param optional The fields of `T` that may be missing.
 */
export function objectOf<T>(
  properties: { readonly [K in keyof T]-?: JsonSchema },
  ...optional: (OptionalKeys<T> & string)[]
): JsonSchema {
  const names = Object.keys(properties);
  const isOptional = (name: string): boolean => optional.some((each) => each === name);
  return {
    type: 'object',
    properties,
    required: names.filter((name) => !isOptional(name)),
    additionalProperties: false,
  };
}
