import { didYouMean, type ErrorCode, messageOf } from '@sillage/base'
import { type Sql, sql } from '@sillage/sdk'
import type { Binder, ParsedColumn, ParsedExpression } from './ports.ts'

export interface ExpressionFinding {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

/** The users' expressions of one stage: parsed, held to the columns in scope, rendered with `as_of` bound. */
export class Expressions {
  readonly #binder: Binder
  readonly #asOf: string | undefined
  readonly #parsed = new Map<string, ParsedExpression>()
  readonly #scopes = new Map<string, ReadonlySet<string>>()

  constructor(binder: Binder, asOf: string | undefined) {
    this.#binder = binder
    this.#asOf = asOf
  }

  /** Findings of one expression; an empty list where it is scalar and every name is known. */
  async check(text: string, columns: readonly string[]): Promise<readonly ExpressionFinding[]> {
    const parsed = this.#parsed.get(text) ?? (await this.#binder.parseExpression(text))
    const known = new Map(columns.map((name) => [name.toLowerCase(), name]))
    this.#parsed.set(text, parsed)
    this.#scopes.set(text, new Set(known.keys()))
    const findings: ExpressionFinding[] = parsed.problems.map((problem) => ({
      code: 'expression_invalid',
      ...problem,
    }))
    for (const column of parsed.columns) {
      if (known.has(column.name.toLowerCase())) continue
      if (column.name.toLowerCase() !== 'as_of') findings.push(unknownName(column, columns))
      else if (this.#asOf === undefined)
        findings.push({
          code: 'as_of_missing',
          message: 'This expression uses as_of, and the pipeline has none',
          hint: 'add as_of: 2026-01-31 at the top',
        })
    }
    return findings
  }

  /** What DuckDB's RE2 has against a regular expression; undefined where it takes it. */
  async patternProblem(pattern: string): Promise<string | undefined> {
    try {
      await this.#binder.describe({ select: sql`select regexp_matches('', ${pattern})`.text, relations: [] })
      return undefined
    } catch (error) {
      return messageOf(error)
        .split('\n')[0]!
        .replace(/^Invalid Input Error: /, '')
    }
  }

  /** Names that a checked expression reads: columns of its input, or what was made before it. */
  namesIn(text: string): readonly string[] {
    return this.#parsed.get(text)?.columns.map(({ name }) => name) ?? []
  }

  /** True where a checked expression needs the as-of date: no column has that name. */
  readsAsOf(text: string): boolean {
    return (
      this.namesIn(text).some((name) => name.toLowerCase() === 'as_of') &&
      !this.#scopes.get(text)!.has('as_of')
    )
  }

  /**
   * The checked expression in parentheses, `as_of` replaced by its date where no column has that name. The line break before the
   * closing parenthesis ends a comment.
   */
  render(text: string): Sql {
    const parsed = this.#parsed.get(text)
    if (!parsed) throw new Error('an expression is rendered that was not declared with t.expression()')
    if (!this.readsAsOf(text)) return sql.trusted(closed(text))
    let result = text
    for (const { name, offset, length } of [...parsed.columns].sort((a, b) => b.offset - a.offset)) {
      if (name.toLowerCase() === 'as_of')
        result = `${result.slice(0, offset)}date '${this.#asOf}'${result.slice(offset + length)}`
    }
    return sql.trusted(closed(result))
  }
}

function closed(text: string): string {
  return text.includes('--') ? `(${text}\n)` : `(${text})`
}

function unknownName({ name, fields, clock }: ParsedColumn, columns: readonly string[]): ExpressionFinding {
  if (clock) return { code: 'expression_invalid', message: `${name} reads the clock`, hint: 'use as_of' }
  if (fields.length > 0)
    return {
      code: 'expression_invalid',
      message: `"${[name, ...fields].join('.')}" names a relation; an expression sees one row`,
      hint: `write ${fields.join('.')}`,
    }
  return {
    code: 'column_unknown',
    message: `There is no column "${name}" here`,
    hint: didYouMean(name, columns) ?? 'its input has no columns',
  }
}
