import type { JsonSchema } from '../src/server/openapi/json-schema.ts';

/**
 * Checks a value against a schema by the keywords that our OpenAPI document uses.
 *
 * Source: JSON Schema 2020-12, "Validation"; written apart from the code that makes the schemas.
 *
 * @param schemas What `#/components/schemas/` refers to.
 * @returns What is wrong, by path; nothing when the value fits.
 * @throws Error for a keyword that it does not know, so that none is passed over.
 */
export function schemaErrors(
  value: unknown,
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  path = '$',
): string[] {
  const errors: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) errors.push(`${path}: ${what}`);
  };
  for (const [keyword, rule] of Object.entries(schema)) {
    switch (keyword) {
      case '$ref': {
        const target = schemas[String(rule).replace('#/components/schemas/', '')];
        if (target === undefined) throw new Error(`${path}: no schema ${String(rule)}`);
        errors.push(...schemaErrors(value, target, schemas, path));
        break;
      }
      case 'type':
        check(
          [rule].flat().some((name) => isOfType(value, String(name))),
          `is no ${String(rule)}`,
        );
        break;
      case 'enum':
        check((rule as unknown[]).includes(value), `is none of ${String(rule)}`);
        break;
      case 'const':
        check(value === rule, `is not ${String(rule)}`);
        break;
      case 'minimum':
        check(typeof value !== 'number' || value >= Number(rule), `is under ${String(rule)}`);
        break;
      case 'maximum':
        check(typeof value !== 'number' || value <= Number(rule), `is over ${String(rule)}`);
        break;
      case 'required':
        for (const name of rule as string[]) check(isRecord(value) && name in value, `lacks ${name}`);
        break;
      case 'properties':
        for (const [name, inner] of Object.entries(rule as Record<string, JsonSchema>)) {
          if (isRecord(value) && name in value)
            errors.push(...schemaErrors(value[name], inner, schemas, `${path}.${name}`));
        }
        break;
      case 'additionalProperties':
        for (const name of isRecord(value) && rule === false ? Object.keys(value) : []) {
          check(name in (schema.properties ?? {}), `has ${name}, which is not described`);
        }
        break;
      case 'items':
        for (const [i, item] of (Array.isArray(value) ? value : []).entries()) {
          errors.push(...schemaErrors(item, rule as JsonSchema, schemas, `${path}[${i}]`));
        }
        break;
      case 'oneOf': {
        const fits = (rule as JsonSchema[]).filter((each) => schemaErrors(value, each, schemas, path).length === 0);
        check(fits.length === 1, `fits ${fits.length} of the alternatives`);
        break;
      }
      case 'description':
      case 'examples':
      case 'default':
        break;
      default:
        throw new Error(`${path}: the keyword ${keyword} is not known here`);
    }
  }
  return errors;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, name: string): boolean {
  if (name === 'null') return value === null;
  if (name === 'array') return Array.isArray(value);
  if (name === 'object') return isRecord(value);
  if (name === 'integer') return Number.isInteger(value);
  return typeof value === name;
}
