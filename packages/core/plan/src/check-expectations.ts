import { type Diagnostic, diagnostic, didYouMean, messageOf } from '@sillage/base'
import type { Expectation, PipelineStage, YamlPath } from '@sillage/pipeline'
import { sql } from '@sillage/sdk'
import type { CompileContext } from './compile-context.ts'
import { countBreaking } from './count-breaking.ts'
import { Expressions } from './expressions.ts'
import type { ShapedRelation } from './ports.ts'
import { relationOf } from './step.ts'

interface CheckFacts {
  readonly stage: PipelineStage
  readonly self: ShapedRelation
  readonly context: CompileContext
}

/** Holds the names and expressions of a stage's checks to its columns; gives them with names and with `as_of` bound. */
export async function checkExpectations({ stage, self, context }: CheckFacts): Promise<{
  readonly expect: readonly Expectation[]
  readonly diagnostics: readonly Diagnostic[]
}> {
  const expressions = new Expressions(context.binder, context.pipeline.asOf)
  const names = self.columns.map((column) => column.name)
  const diagnostics: Diagnostic[] = []
  const unknown = (column: string, path: YamlPath): void => {
    if (!names.includes(column))
      diagnostics.push(
        diagnostic({
          code: 'column_unknown',
          message: `"${stage.name}" has no column "${column}"`,
          span: context.locate.value(path),
          hint: didYouMean(column, names),
        }),
      )
  }
  for (const [index, check] of stage.expect.entries()) {
    const path: YamlPath = ['stages', stage.name, 'expect', index, check.kind]
    if ('columns' in check)
      for (const [place, column] of check.columns.entries()) unknown(column, [...path, place])
    if ('column' in check) unknown(check.column, [...path, 'column'])
    if (check.kind === 'relationships') diagnostics.push(...checkRelationship(check, path, context))
    for (const [key, text] of expressionsOf(check)) {
      const at: YamlPath = key === 'sql' ? path : [...path.slice(0, -1), key]
      diagnostics.push(...(await checkExpression({ text, at, self, context, expressions })))
    }
  }
  if (diagnostics.length > 0) return { expect: [], diagnostics }
  const expect = stage.expect.map((check) => ({
    ...check,
    name: check.name ?? checkLabel(check),
    ...(check.where === undefined ? {} : { where: expressions.render(check.where).text }),
    ...(check.kind === 'sql' ? { expression: expressions.render(check.expression).text } : {}),
  }))
  for (const [index, check] of expect.entries())
    diagnostics.push(
      ...(await checkTypes({ check, path: ['stages', stage.name, 'expect', index], self, context })),
    )
  return { expect, diagnostics }
}

/** Binds the statement of a check: a bound or a value that does not compare with its column is told before anything runs. */
async function checkTypes({
  check,
  path,
  self,
  context,
}: {
  readonly check: Expectation
  readonly path: YamlPath
  readonly self: ShapedRelation
  readonly context: CompileContext
}): Promise<readonly Diagnostic[]> {
  if (check.kind === 'rejected') return []
  const target = check.kind === 'relationships' ? context.steps.get(check.to) : undefined
  const relations = target
    ? [self, { ...relationOf(target.kind, target.stage), columns: target.columns }]
    : [self]
  try {
    await context.binder.describe({
      select: countBreaking(check, {
        relation: sql.id(self.schema, self.table),
        relationOfStage: () => sql.id(relations.at(-1)!.schema, relations.at(-1)!.table),
      }).text,
      relations,
    })
    return []
  } catch (error) {
    return [
      diagnostic({
        code: 'check_invalid',
        message: `${check.name} cannot be checked: ${messageOf(error).split('\n')[0]!}`,
        span: context.locate.key([...path, check.kind]),
        hint: 'see the types with `sillage plan --output json`; write bounds and values of the type of the column',
      }),
    ]
  }
}

function expressionsOf(check: Expectation): readonly (readonly ['sql' | 'where', string])[] {
  return [
    ...(check.kind === 'sql' ? [['sql', check.expression] as const] : []),
    ...(check.where === undefined ? [] : [['where', check.where] as const]),
  ]
}

function checkRelationship(
  check: Expectation & { readonly kind: 'relationships' },
  path: YamlPath,
  { steps, pipeline, locate }: CompileContext,
): readonly Diagnostic[] {
  if (!pipeline.stages.some((stage) => stage.name === check.to)) {
    const hint = didYouMean(
      check.to,
      pipeline.stages.map((stage) => stage.name),
    )
    return [
      diagnostic({
        code: 'stage_unknown',
        message: `There is no stage "${check.to}"`,
        span: locate.value([...path, 'to']),
        hint,
      }),
    ]
  }
  const target = steps.get(check.to)
  if (!target)
    return [
      diagnostic({
        code: 'relationship_order',
        message: `"${check.to}" comes after this stage`,
        span: locate.value([...path, 'to']),
        hint: 'let a relationship point to a stage that is read before',
      }),
    ]
  const names = target.columns.map((column) => column.name)
  return names.includes(check.field)
    ? []
    : [
        diagnostic({
          code: 'column_unknown',
          message: `"${check.to}" has no column "${check.field}"`,
          span: locate.value([...path, 'field']),
          hint: didYouMean(check.field, names),
        }),
      ]
}

async function checkExpression({
  text,
  at,
  self,
  context,
  expressions,
}: {
  readonly text: string
  readonly at: YamlPath
  readonly self: ShapedRelation
  readonly context: CompileContext
  readonly expressions: Expressions
}): Promise<readonly Diagnostic[]> {
  const span = context.locate.value(at)
  const findings = await expressions.check(
    text,
    self.columns.map((column) => column.name),
  )
  if (findings.length > 0) return findings.map((finding) => diagnostic({ ...finding, span }))
  try {
    await context.binder.describe({
      select: sql`select 1 from ${sql.id(self.schema, self.table)} where ${expressions.render(text)}`.text,
      relations: [self],
    })
    return []
  } catch (error) {
    return [
      diagnostic({
        code: 'expression_invalid',
        message: messageOf(error).split('\n')[0]!,
        span,
        hint: 'a condition gives true, false or null',
      }),
    ]
  }
}

/** How a check without a name is called: `unique(line)`, `rejected ≤ 0.3`. */
function checkLabel(check: Expectation): string {
  switch (check.kind) {
    case 'not_null':
    case 'unique':
      return `${check.kind}(${check.columns.join(', ')})`
    case 'accepted_values':
    case 'range':
      return `${check.kind}(${check.column})`
    case 'relationships':
      return `relationships(${check.column} → ${check.to}.${check.field})`
    case 'row_count':
      return `row_count(${check.min ?? 0}–${check.max ?? '∞'})`
    case 'rejected':
      return `rejected(${[check.max_share === undefined ? '' : `≤ ${check.max_share * 100} %`, check.max_rows === undefined ? '' : `≤ ${check.max_rows} rows`].filter(Boolean).join(', ')})`
    case 'sql':
      return `sql(${check.expression})`
  }
}
