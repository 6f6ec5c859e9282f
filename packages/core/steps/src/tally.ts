import type { Step } from '@sillage/plan'

type Counted = Pick<Step, 'style' | 'inputs'>

/** Rows of the relations of a run, by reference: each is counted once, and not where a step that reads it tells. */
export class Tally {
  readonly #rows = new Map<string, number>()
  readonly #steps: ReadonlyMap<string, Counted>
  readonly #count: (reference: string) => Promise<number>

  constructor(steps: ReadonlyMap<string, Counted>, count: (reference: string) => Promise<number>) {
    this.#steps = steps
    this.#count = count
  }

  get(reference: string): number | undefined {
    return this.#rows.get(reference)
  }

  set(reference: string, rows: number): void {
    this.#rows.set(reference, rows)
  }

  /** Rows of a relation, counted where that was not done. */
  async of(reference: string): Promise<number> {
    const rows = this.#rows.get(reference) ?? (await this.#count(reference))
    this.#rows.set(reference, rows)
    return rows
  }

  /**
   * Rows of a step's first input. What was counted before counts; a view that was never counted takes the number that its only
   * reader tells (`total`), and so do the views before it.
   */
  async read({ inputs }: Pick<Step, 'inputs'>, total: number | undefined): Promise<number> {
    const references = Object.values(inputs)[0] ?? []
    let sum = 0
    for (const reference of references)
      sum += await this.#rowsOf(reference, references.length === 1 ? total : undefined)
    return sum
  }

  async #rowsOf(reference: string, total: number | undefined): Promise<number> {
    const counted = this.#rows.get(reference)
    if (counted !== undefined) return counted
    const input = this.#steps.get(reference)
    const inputs = Object.values(input?.inputs ?? {}).flat()
    const deeper = input?.style === 'sql' && inputs.length === 1
    const rows = deeper ? await this.#rowsOf(inputs[0]!, total) : (total ?? (await this.#count(reference)))
    this.#rows.set(reference, rows)
    return rows
  }
}
