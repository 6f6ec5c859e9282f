import { fingerprint } from '@sillage/base'
import type { StepParts } from './step.ts'

/** The names of inputs are left out: a stage that is renamed stays what it is. */
export function fingerprintOf({ inputs, ...parts }: StepParts): string {
  return fingerprint({
    ...parts,
    inputs: inputs.map(({ role, output, fingerprint }) => [role, fingerprint, output]),
  })
}
