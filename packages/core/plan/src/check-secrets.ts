import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, PipelineStage, YamlPath } from '@sillage/pipeline'
import type { ConfigPlace } from './check-roles.ts'
import { configRoles } from './config-roles.ts'

/**
 * Secrets are read at the moment in which a plugin sends, reads from elsewhere, or works on a batch. Everywhere else the text
 * `${secret:x}` would go into SQL, files or models as it stands, so it is refused where it is written.
 */
export function checkSecrets(
  stage: PipelineStage,
  { areRead: resolved, at }: { readonly areRead: boolean; readonly at: ConfigPlace },
): readonly Diagnostic[] {
  const planned = new Set(
    configRoles(stage.config, stage.plugin.config)
      .filter(({ role }) => role !== 'secret')
      .map(({ path }) => JSON.stringify(path)),
  )
  return [...secretPlaces(stage.config, [])].flatMap(({ path, isKey }) => {
    if (resolved && !isKey && !planned.has(JSON.stringify(path))) return []
    const why = resolved
      ? isKey
        ? 'names of options are'
        : 'columns, expressions and paths are'
      : `what ${stage.plugin.name} is given is`
    return [
      diagnostic({
        code: 'secret_not_read',
        message: `"${stage.name}": no secret is read here; ${why} part of the plan`,
        span: at(path, isKey),
        hint: 'a secret may stand in a plugin that sends messages, reads from elsewhere or works on batches; use ${env:…} for what is no secret',
      }),
    ]
  })
}

/** A connection that is opened while the plan is made, to name the files of a sink, may hold none either. */
export function checkConnectionSecrets(
  { name, connection }: Pick<PipelineStage, 'name' | 'connection'>,
  { areRead, locate }: { readonly areRead: boolean; readonly locate: Locator },
): readonly Diagnostic[] {
  if (connection === undefined || areRead || !isSecret(JSON.stringify(connection.config))) return []
  return [
    diagnostic({
      code: 'secret_not_read',
      message: `"${name}": no secret is read here; what its connection "${connection.name}" gives is part of the plan`,
      span: locate.value(['stages', name, 'connection']),
      hint: 'use ${env:…} in the connection for what is no secret',
    }),
  ]
}

interface SecretPlace {
  readonly path: YamlPath
  readonly isKey: boolean
}

function* secretPlaces(value: unknown, path: YamlPath): Generator<SecretPlace> {
  if (typeof value === 'string' && isSecret(value)) yield { path, isKey: false }
  if (value === null || typeof value !== 'object') return
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    const place = [...path, isList ? Number(key) : key]
    if (isSecret(key)) yield { path: place, isKey: true }
    yield* secretPlaces(inner, place)
  }
}

function isSecret(text: string): boolean {
  return text.includes('${secret:')
}
