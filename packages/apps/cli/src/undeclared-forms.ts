import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import { inboxOf } from '@sillage/inbox/keys'
import { configRoles } from '@sillage/plan'
import type { OpenedPipeline } from './workspace.ts'

/** A warning for each form that a pipeline reads and sillage.yaml does not declare: what it received before can be read all the same. */
export function undeclaredForms({ pipeline, project, locate }: OpenedPipeline): readonly Diagnostic[] {
  const declared = Object.keys(inboxOf(project)?.forms ?? {})
  return (pipeline?.stages ?? []).flatMap(({ name, config, plugin }) =>
    configRoles(config, plugin.config)
      .filter(({ role, text }) => role === 'form' && !declared.includes(text))
      .map(({ text, path }) =>
        diagnostic({
          code: 'form_undeclared',
          severity: 'warning',
          message: `sillage.yaml declares no form "${text}": nothing new comes to it`,
          span: locate.value(['stages', name, 'with', ...path]),
          hint:
            didYouMean(text, declared) ??
            `declare it in sillage.yaml: inbox: { forms: { ${text}: { fields: … } } }`,
        }),
      ),
  )
}
