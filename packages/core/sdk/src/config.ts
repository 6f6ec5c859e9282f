/**
 * The vocabulary in which a plugin declares its configuration. One declaration gives the JSON Schema (validation, editor
 * completion), the author's types (`Static`), the planner's roles (which columns a step reads) and the generated page.
 */
export type Role = 'column' | 'new-column' | 'expression' | 'path' | 'form' | 'pattern' | 'secret'

/** The kind of a column's values, whichever DuckDB type holds them: `time` is a date or a timestamp. */
export type ColumnKind = 'number' | 'time' | 'text' | 'boolean'

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly uniqueItems?: boolean
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly examples?: readonly unknown[]
  /** What the value means to the planner. On a map, `x-key-role` does the same for the keys. */
  readonly 'x-role'?: Role
  readonly 'x-key-role'?: Role
  /** The input whose columns a `column` or `expression` refers to; default: the first input. */
  readonly 'x-input'?: string
  /** The kind that the named column must have. */
  readonly 'x-column-type'?: ColumnKind
  /** The input whose column of this name holds the same values as the output column of this name. */
  readonly 'x-same-in'?: string
  /** What an expression may use besides its input: `earlier-keys`, the keys before its own in the same map; `new-columns`, the columns that the step makes. */
  readonly 'x-scope'?: 'earlier-keys' | 'new-columns'
}

/** A schema whose values have the type `T`; `~value` exists for the compiler only. */
export type Schema<T> = JsonSchema & { readonly '~value'?: T }
type OptionalSchema<T> = Schema<T> & { readonly '~optional': true }

/** The type of the values of a schema. */
export type Static<S> = S extends Schema<infer T> ? T : never

type Properties = Readonly<Record<string, Schema<unknown>>>
type OptionalKeys<P extends Properties> = {
  [K in keyof P]: P[K] extends { readonly '~optional': true } ? K : never
}[keyof P]
type ObjectOf<P extends Properties> = {
  readonly [K in Exclude<keyof P, OptionalKeys<P>>]: Static<P[K]>
} & { readonly [K in OptionalKeys<P>]?: Static<P[K]> }
type Flat<T> = { [K in keyof T]: T[K] }

type Notes<T> = Pick<JsonSchema, 'description' | 'examples'> & { readonly default?: T }

const optionals = new WeakSet<object>()

export const t = {
  text: (notes: Notes<string> & Pick<JsonSchema, 'pattern' | 'minLength'> = {}): Schema<string> => ({
    type: 'string',
    ...notes,
  }),
  integer: (notes: Notes<number> & Pick<JsonSchema, 'minimum' | 'maximum'> = {}): Schema<number> => ({
    type: 'integer',
    ...notes,
  }),
  number: (
    notes: Notes<number> & Pick<JsonSchema, 'minimum' | 'exclusiveMinimum' | 'maximum'> = {},
  ): Schema<number> => ({ type: 'number', ...notes }),
  boolean: (notes: Notes<boolean> = {}): Schema<boolean> => ({ type: 'boolean', ...notes }),
  /** Text, number or boolean: a value to compare with. */
  scalar: (notes: Notes<string | number | boolean> = {}): Schema<string | number | boolean> => ({
    type: ['string', 'number', 'boolean'],
    ...notes,
  }),
  oneOf: <const V extends readonly (string | number | null)[]>(
    values: V,
    notes: Notes<V[number]> = {},
  ): Schema<V[number]> => ({ enum: values, ...notes }),
  list: <T>(
    items: Schema<T>,
    notes: Notes<readonly T[]> & Pick<JsonSchema, 'minItems' | 'maxItems' | 'uniqueItems'> = {},
  ): Schema<readonly T[]> => ({ type: 'array', items, ...notes }),
  map: <T>(
    values: Schema<T>,
    notes: Notes<Readonly<Record<string, T>>> &
      Pick<JsonSchema, 'minProperties' | 'x-key-role' | 'x-scope'> = {},
  ): Schema<Readonly<Record<string, T>>> => ({ type: 'object', additionalProperties: values, ...notes }),
  object: <P extends Properties>(
    properties: P,
    notes: Pick<JsonSchema, 'description' | 'examples'> = {},
  ): Schema<Flat<ObjectOf<P>>> => ({
    type: 'object',
    properties,
    required: Object.keys(properties).filter((key) => !optionals.has(properties[key]!)),
    additionalProperties: false,
    ...notes,
  }),
  either: <A, B>(first: Schema<A>, second: Schema<B>, notes: Notes<A | B> = {}): Schema<A | B> => ({
    anyOf: [first, second],
    ...notes,
  }),
  /** Makes a property of an object optional. */
  optional: <T>(schema: Schema<T>): OptionalSchema<T> => {
    const copy = { ...schema }
    optionals.add(copy)
    return copy as OptionalSchema<T>
  },
  /**
   * The name of a column of the input (`input`: of that role; `sameIn`: that role's column of this name holds the same values as the step's;
   * `type`: the kind that the column must have, checked by `validate`).
   */
  column: (
    notes: Notes<string> & {
      readonly input?: string
      readonly sameIn?: string
      readonly type?: ColumnKind
    } = {},
  ): Schema<string> => {
    const { input, sameIn, type, ...rest } = notes
    return {
      type: 'string',
      minLength: 1,
      'x-role': 'column',
      ...(input === undefined ? {} : { 'x-input': input }),
      ...(sameIn === undefined ? {} : { 'x-same-in': sameIn }),
      ...(type === undefined ? {} : { 'x-column-type': type }),
      ...rest,
    }
  },
  /** Names of columns of the input. */
  columns: (
    notes: Notes<readonly string[]> & { readonly input?: string } = {},
  ): Schema<readonly string[]> => {
    const { input, ...rest } = notes
    return {
      type: 'array',
      items: t.column(input === undefined ? {} : { input }),
      minItems: 1,
      uniqueItems: true,
      ...rest,
    }
  },
  /** The name of a column that the step makes. */
  newColumn: (notes: Notes<string> = {}): Schema<string> => ({
    type: 'string',
    minLength: 1,
    'x-role': 'new-column',
    ...notes,
  }),
  /** A scalar SQL expression over the columns of the input and `as_of`. */
  expression: (
    notes: Notes<string> & { readonly input?: string; readonly scope?: 'new-columns' } = {},
  ): Schema<string> => {
    const { input, scope, ...rest } = notes
    return {
      type: 'string',
      minLength: 1,
      'x-role': 'expression',
      ...(input === undefined ? {} : { 'x-input': input }),
      ...(scope === undefined ? {} : { 'x-scope': scope }),
      ...rest,
    }
  },
  /** An RE2 regular expression, as DuckDB runs it: `validate` refuses what RE2 does not support. */
  pattern: (notes: Notes<string> = {}): Schema<string> => ({
    type: 'string',
    minLength: 1,
    'x-role': 'pattern',
    ...notes,
  }),
  /** A file, relative to the pipeline's file. */
  path: (notes: Notes<string> = {}): Schema<string> => ({
    type: 'string',
    minLength: 1,
    'x-role': 'path',
    ...notes,
  }),
  /** A secret, by its name: a literal value in the file is refused. */
  secret: (notes: Notes<string> = {}): Schema<string> => ({
    type: 'string',
    pattern: '^\\$\\{secret:[^}]+\\}$',
    'x-role': 'secret',
    ...notes,
    description: `${notes.description ?? 'A secret.'} Write it as \${secret:name}.`,
  }),
  /** A form of sillage.yaml. */
  form: (notes: Notes<string> = {}): Schema<string> => ({
    type: 'string',
    pattern: '^[a-z][a-z0-9_-]{0,62}$',
    'x-role': 'form',
    ...notes,
  }),
}
