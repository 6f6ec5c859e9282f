import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { Locator, PipelineStage, YamlPath } from '@sillage/pipeline'
import { isOfKind, wrongKind } from './column-kind.ts'
import { configRoles } from './config-roles.ts'
import type { Expressions } from './expressions.ts'
import type { Inputs } from './inputs.ts'

/** Where a value of a stage's `with`, or its key, stands in the file. */
export type ConfigPlace = (path: YamlPath, key?: boolean) => ReturnType<Locator['value']>

interface RolesFacts {
  readonly stage: PipelineStage
  readonly inputs: Inputs
  readonly expressions: Expressions
  readonly at: ConfigPlace
}

/** Holds what a configuration says of columns to those that are there: columns that it reads, names that it makes, expressions. */
export async function checkRoles({
  stage,
  inputs,
  expressions,
  at,
}: RolesFacts): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const value of configRoles(stage.config, stage.plugin.config)) {
    const span = at(value.path, value.isKey)
    const columns = (value.input === undefined ? inputs.first : inputs.columns[value.input]) ?? []
    const names = columns.map((column) => column.name)
    switch (value.role) {
      case 'column': {
        const column = columns.find(({ name }) => name === value.text)
        if (!column)
          diagnostics.push(
            diagnostic({
              code: 'column_unknown',
              message: `${readable(stage, value.input)} has no column "${value.text}"`,
              span,
              hint: didYouMean(value.text, names),
            }),
          )
        else if (value.columnType !== undefined && !isOfKind(column.type, value.columnType))
          diagnostics.push(diagnostic({ ...wrongKind(column, value.columnType), span }))
        break
      }
      case 'new-column':
        if (value.text.startsWith('_'))
          diagnostics.push(
            diagnostic({
              code: 'name_reserved',
              message: `"${value.text}" is reserved: names that begin with _ are the engine's`,
              span,
              hint: `call it ${value.text.replace(/^_+/, '') || 'something else'}`,
            }),
          )
        break
      case 'expression':
        for (const finding of await expressions.check(value.text, [...names, ...value.scope]))
          diagnostics.push(diagnostic({ ...finding, span }))
        break
      case 'pattern': {
        const problem = await expressions.patternProblem(value.text)
        if (problem !== undefined)
          diagnostics.push(
            diagnostic({
              code: 'pattern_invalid',
              message: `This is no regular expression of RE2: ${problem}`,
              span,
              hint: 'RE2 has no backreferences (\\1) and no lookaround ((?=…), (?<…))',
            }),
          )
        break
      }
    }
  }
  return diagnostics
}

function readable(stage: Pick<PipelineStage, 'inputs'>, role: string | undefined): string {
  const refs = role === undefined ? Object.values(stage.inputs)[0] : stage.inputs[role]
  return (refs ?? []).map((ref) => `"${ref.stage}"`).join(' and ') || 'the input'
}
