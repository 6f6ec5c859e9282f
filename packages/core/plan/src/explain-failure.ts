import { type Diagnostic, diagnostic, isSillageError, messageOf, ownPlace } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { sql } from '@sillage/sdk'
import { AsOfMissing } from './as-of.ts'
import type { ConfigPlace } from './check-roles.ts'
import type { CompileContext } from './compile-context.ts'
import { configRoles, type RoleValue } from './config-roles.ts'
import type { Expressions } from './expressions.ts'
import type { Inputs } from './inputs.ts'

interface FailureFacts {
  readonly error: unknown
  readonly stage: PipelineStage
  readonly context: CompileContext
  readonly inputs: Inputs
  readonly expressions: Expressions
  readonly at: ConfigPlace
}

/** Found as the connection of a stage is opened to look at files. */
const ofConnection: ReadonlySet<string> = new Set(['secret_missing', 'secret_in_plan'])

/** Blames the expression that does not bind by itself, else the stage. */
export async function explainFailure({
  error,
  stage,
  context,
  inputs,
  expressions,
  at,
}: FailureFacts): Promise<readonly Diagnostic[]> {
  if (error instanceof AsOfMissing)
    return [
      diagnostic({
        code: 'as_of_missing',
        message: `"${stage.name}" needs to know what "today" is, and the pipeline has no as_of`,
        span: context.locate.key(['stages', stage.name]),
        hint: 'add as_of: 2026-01-31 at the top',
      }),
    ]
  const span = context.locate.key(['stages', stage.name])
  if (isSillageError(error) && error.code !== 'statement_failed')
    return error.diagnostics.length > 0
      ? error.diagnostics
      : [
          diagnostic({
            code: error.code,
            message: error.message,
            span: ofConnection.has(error.code)
              ? context.locate.value(['stages', stage.name, 'connection'])
              : context.locate.key(['stages', stage.name, 'with']),
            hint: error.hint,
          }),
        ]
  const blamed: Diagnostic[] = []
  const alone = ({ role, text, scope }: RoleValue): boolean =>
    role === 'expression' && !expressions.namesIn(text).some((name) => scope.includes(name))
  for (const value of configRoles(stage.config, stage.plugin.config).filter(alone)) {
    const relation =
      value.input === undefined ? Object.values(inputs.relations)[0] : inputs.relations[value.input]
    if (!relation) continue
    try {
      await context.binder.describe({
        select: sql`select ${expressions.render(value.text)} from ${relation}`.text,
        relations: inputs.shapes,
      })
    } catch (inner) {
      blamed.push(
        diagnostic({
          code: 'expression_invalid',
          message: tidy(messageOf(inner)),
          span: at(value.path, value.isKey),
          hint: 'see the types with `sillage plan --output json`; cast where they differ',
        }),
      )
    }
  }
  return blamed.length > 0
    ? blamed
    : [
        diagnostic({
          code: 'stage_invalid',
          message: `"${stage.name}" does not compile: ${tidy(messageOf(error))}${placeIn(error, stage.plugin.proven ? undefined : context.pipeline.project)}`,
          span,
          hint: 'check its columns and their types',
        }),
      ]
}

/** ` (plugins/own.ts:5:12)`, where the code of a project's own plugin threw. */
function placeIn(error: unknown, project: string | undefined): string {
  if (project === undefined || !(error instanceof Error) || isSillageError(error)) return ''
  const place = ownPlace(error.stack, project)
  return place === undefined ? '' : ` (${place})`
}

/** DuckDB's message without its drawing of the statement. */
function tidy(message: string): string {
  return message.split('\n\nLINE')[0]!.split('\n')[0]!.slice(0, 300)
}
