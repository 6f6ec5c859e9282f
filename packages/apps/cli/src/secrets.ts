import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SillageError } from '@sillage/base'
import type { Project } from '@sillage/pipeline'

/** `SILLAGE_SECRET_X`, else the file `x` in the folder of secrets. Throws `secret_missing`. */
export function readSecret(name: string, { places }: Project): string {
  const variable = `SILLAGE_SECRET_${name.toUpperCase()}`
  const fromEnv = process.env[variable]
  if (fromEnv !== undefined) return fromEnv
  const file = join(places.secrets, name)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new SillageError({
      code: 'secret_missing',
      message: `The secret "${name}" is not known`,
      hint: `set ${variable}, or write it to ${relative(process.cwd(), file)}`,
      cause,
    })
  }
}
