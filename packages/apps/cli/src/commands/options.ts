import { isIsoDate, parseByteSize, SillageError } from '@sillage/base'
import { InvalidArgumentError } from 'commander'
import type { OutputFormat } from '../output.ts'

/** Options that every command has. */
export interface CommonOptions {
  readonly output: OutputFormat
}

export interface ParamOptions extends CommonOptions {
  readonly param: Readonly<Record<string, string>>
}

/** Options of the commands that run a pipeline or say what a run would do. */
export interface DayOptions {
  readonly asOf?: string
}

export const asOfHelp =
  'the day that is "today" for the pipeline, such as 2026-11-29: wins over its as_of and the parameter behind it'

/** A day of `--as-of`. */
export function asOfDay(text: string): string {
  if (text === 'today' || text === 'yesterday' || isIsoDate(text)) return text
  throw new InvalidArgumentError('a day such as 2026-11-29, today or yesterday')
}

export const paramHelp = 'a parameter of the pipeline, such as as_of=2018-01-01 (repeatable)'

export const selectHelp =
  'only these stages and what they read: name, +name, name+, stage:clean, tag:daily; commas pick what all name'

/** Collects `--param k=v`. */
export function collectParam(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('write it as key=value')
  return { ...before, [key]: value }
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('a whole number from 1')
  return Number(text)
}

export function memorySize(text: string): number {
  const bytes = parseByteSize(text)
  if (bytes === undefined || bytes < 64e6)
    throw new InvalidArgumentError('a size such as 512MB or 2GiB, at least 64MB')
  return bytes
}

/** The budget of a pipeline or project, as text in a file. */
export function memoryOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const bytes = parseByteSize(text)
  if (bytes === undefined)
    throw new SillageError({
      code: 'memory_invalid',
      message: `memory: ${JSON.stringify(text)} is no size`,
      hint: 'write it as 512MB or 2GiB',
    })
  return bytes
}
