/** A bench: what is measured against what, and the bars that it is held to. */
export interface Bench {
  readonly name: string
  /** What is compared, in a line. */
  readonly title: string
  /** Runs only where it is named, or for the page. */
  readonly onRequest?: boolean
  readonly run: (options: BenchOptions) => Promise<readonly Figure[]>
}

export interface BenchOptions {
  /** Rows of generated data; undefined takes the bench's own number. */
  readonly rows: number | undefined
  /** How often each side is measured, in turn. */
  readonly rounds: number
  /** A folder of the bench's own, removed after it. */
  readonly folder: string
  readonly say: (text: string) => void
}

/** One measured number and the bar that it must not pass. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: '×' | 'MB' | 'ms' | '/s'
  readonly bar: number
  readonly direction: 'at most' | 'at least'
  /** What lies behind the number. */
  readonly detail: string
}

export function meets({ value, bar, direction }: Figure): boolean {
  return direction === 'at most' ? value <= bar : value >= bar
}
