import { SillageError } from '@sillage/base'

/** A number keeps the digits that were written: a double has fewer than a BIGINT or a DECIMAL. */
export type FilterValue = string | { readonly number: string } | boolean

/** A condition on columns, as a tree of its own: nothing of its text reaches a statement but as a quoted name or a literal. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | {
      readonly kind: 'compare'
      readonly column: string
      readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>='
      readonly value: FilterValue
    }
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly FilterValue[] }
  | { readonly kind: 'null'; readonly column: string }
  | { readonly kind: 'like'; readonly column: string; readonly pattern: string; readonly folded: boolean }

const mostCharacters = 4000
const deepest = 32
const token =
  /\s*(?:('(?:[^']|'')*')|("(?:[^"]|"")*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)(?![\w.])|([A-Za-z_]\w*)|(<=|>=|<>|!=|[=<>(),]))/y

type Token = { readonly at: number } & (
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'number'; readonly value: { readonly number: string } }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string }
)

/**
 * Reads a filter: `segment = 'gold' and (amount >= 100 or city in ('Lyon', 'Paris')) and email is not null and name like 'A%'`. A column
 * is a plain word or stands in double quotes. Throws `filter_invalid` with the place.
 */
export function parseFilter(text: string): Filter {
  if (text.length > mostCharacters)
    throw filterInvalid(`it is longer than ${mostCharacters} characters`, mostCharacters)
  const nul = text.indexOf('\0')
  if (nul >= 0) throw filterInvalid('a text holds no NUL character', nul)
  return new FilterParser(tokens(text), text.length).whole()
}

/** The columns that a filter looks at. */
export function columnsOf(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(columnsOf)
    case 'not':
      return columnsOf(filter.part)
    default:
      return [filter.column]
  }
}

class FilterParser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #next = 0
  #depth = 0

  constructor(all: readonly Token[], end: number) {
    this.#tokens = all
    this.#end = end
  }

  whole(): Filter {
    const filter = this.#or()
    if (this.#peek()) this.#fail('"and" or "or" is missing')
    return filter
  }

  #or(): Filter {
    const parts = [this.#and()]
    while (this.#takeWord('or')) parts.push(this.#and())
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
  }

  #and(): Filter {
    const parts = [this.#not()]
    while (this.#takeWord('and')) parts.push(this.#not())
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
  }

  #not(): Filter {
    this.#depth += 1
    if (this.#depth > deepest) this.#fail(`it is nested deeper than ${deepest}`)
    try {
      if (this.#takeWord('not')) return { kind: 'not', part: this.#not() }
      if (!this.#takeSign('(')) return this.#condition()
      const inner = this.#or()
      if (!this.#takeSign(')')) this.#fail('")" is missing')
      return inner
    } finally {
      this.#depth -= 1
    }
  }

  #condition(): Filter {
    const column = this.#column()
    if (this.#takeWord('is')) {
      const negative = this.#takeWord('not')
      if (!this.#takeWord('null')) this.#fail('"null" is missing')
      return negated(negative, { kind: 'null', column })
    }
    const negative = this.#takeWord('not')
    if (this.#takeWord('in')) return negated(negative, { kind: 'in', column, values: this.#list() })
    for (const [word, folded] of [
      ['like', false],
      ['ilike', true],
    ] as const)
      if (this.#takeWord(word))
        return negated(negative, { kind: 'like', column, pattern: this.#pattern(), folded })
    const sign = this.#peek()
    const operator = sign?.kind === 'sign' ? (sign.value === '!=' ? '<>' : sign.value) : ''
    if (negative || !isOperator(operator))
      return this.#fail('one of = <> < <= > >= in, like, is null is missing')
    this.#next += 1
    return { kind: 'compare', column, operator, value: this.#value() }
  }

  #column(): string {
    const found = this.#peek()
    if (found?.kind !== 'word' && found?.kind !== 'name') return this.#fail('a column is missing')
    this.#next += 1
    return found.value
  }

  #value(): FilterValue {
    const found = this.#peek()
    if (found?.kind === 'text' || found?.kind === 'number') {
      this.#next += 1
      return found.value
    }
    if (this.#takeWord('true')) return true
    if (this.#takeWord('false')) return false
    return this.#fail("a value is missing: a number, true, false, or a text as 'Lyon'")
  }

  #pattern(): string {
    const value = this.#value()
    return typeof value === 'string' ? value : this.#fail("a text as 'A%' is missing")
  }

  #list(): readonly FilterValue[] {
    if (!this.#takeSign('(')) this.#fail('"(" is missing')
    const values = [this.#value()]
    while (this.#takeSign(',')) values.push(this.#value())
    if (!this.#takeSign(')')) this.#fail('")" is missing')
    return values
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next]
  }

  #takeWord(word: string): boolean {
    const found = this.#peek()
    if (found?.kind !== 'word' || found.value.toLowerCase() !== word) return false
    this.#next += 1
    return true
  }

  #takeSign(sign: string): boolean {
    const found = this.#peek()
    if (found?.kind !== 'sign' || found.value !== sign) return false
    this.#next += 1
    return true
  }

  #fail(what: string): never {
    throw filterInvalid(what, this.#peek()?.at ?? this.#end)
  }
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  for (let at = 0; text.slice(at).trim() !== ''; at = token.lastIndex) {
    token.lastIndex = at
    const match = token.exec(text)
    if (!match) throw filterInvalid('it cannot be read here', at)
    const [, literal, name, number, word, sign] = match
    if (literal !== undefined)
      found.push({ at, kind: 'text', value: literal.slice(1, -1).replaceAll("''", "'") })
    else if (name !== undefined)
      found.push({ at, kind: 'name', value: name.slice(1, -1).replaceAll('""', '"') })
    else if (number !== undefined) found.push({ at, kind: 'number', value: { number } })
    else if (word !== undefined) found.push({ at, kind: 'word', value: word })
    else found.push({ at, kind: 'sign', value: sign! })
  }
  return found
}

function negated(negative: boolean, part: Filter): Filter {
  return negative ? { kind: 'not', part } : part
}

type Operator = (Filter & { readonly kind: 'compare' })['operator']

function isOperator(sign: string): sign is Operator {
  return ['=', '<>', '<', '<=', '>', '>='].includes(sign)
}

function filterInvalid(what: string, at: number): SillageError {
  return new SillageError({
    code: 'filter_invalid',
    message: `The filter cannot be read at character ${at + 1}: ${what}`,
    hint: "write it as segment = 'gold' and amount >= 100",
  })
}
