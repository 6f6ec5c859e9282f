import { readFileSync } from 'node:fs'
import { SillageError } from '@sillage/base'
import { lineVersion, type StateRecord } from './segment.ts'

/** Records of a segment. Its last line says how many there are, so that a cut file is seen. */
export function* readSegment(file: string): Generator<StateRecord> {
  const lines = readFileSync(file, 'utf8').split('\n')
  for (const [index, text] of lines.entries()) {
    const { v, end, ...record } = parseLine(text, file, index + 1)
    if (typeof v !== 'number') throw damaged(file, index + 1)
    if (v > lineVersion) throw newer(file, index + 1, v)
    if (end === undefined) {
      yield record
      continue
    }
    if (end !== index || lines.length !== index + 2 || lines[index + 1] !== '') throw damaged(file, index + 1)
    return
  }
  throw damaged(file, lines.length + 1)
}

function parseLine(text: string, file: string, line: number): StateRecord {
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as StateRecord
  } catch {
    // Told below, with the place.
  }
  throw damaged(file, line)
}

function damaged(file: string, line: number): SillageError {
  return new SillageError({
    code: 'state_damaged',
    message: `${file}:${line} is damaged: the file was cut or changed`,
    hint: `restore it from your backup: cp -a <backup>/state/. state/`,
    facts: { file, line },
  })
}

function newer(file: string, line: number, version: number): SillageError {
  return new SillageError({
    code: 'state_newer',
    message: `${file}:${line} was written by a newer Sillage (lines of version ${version}; this one reads up to ${lineVersion})`,
    hint: 'update Sillage, then run again: nothing was changed',
    facts: { file, line, version },
  })
}
