import { SillageError } from '@sillage/base'
import type { FormText } from '@sillage/inbox'
import { inboxOf } from '@sillage/inbox/keys'
import { inboxFolder } from '@sillage/ledger'
import type { Project } from '@sillage/pipeline'
import type { ServedForm, ServedInbox } from '@sillage/server'
import { readSecret } from './secrets.ts'

const usual = { rate: 60, events: 1000 } as const

/** The forms of a project, ready to be served; undefined where it has none. Throws `secret_missing`. */
export async function servedInbox(project: Project): Promise<ServedInbox | undefined> {
  const inbox = inboxOf(project)
  if (inbox === undefined) return undefined
  const forms = await Promise.all(
    Object.entries(inbox.forms).map(([name, form]) => servedForm(name, form, project)),
  )
  return { folder: inboxFolder(project.places), forms, proxies: inbox.proxies ?? [] }
}

async function servedForm(name: string, form: FormText, project: Project): Promise<ServedForm> {
  const { compileForm, formSchema } = await import('@sillage/inbox')
  const { fields, honeypot, hmac, redirect } = form
  const secret = secretOf(name, hmac, project)
  return {
    name,
    types: Object.fromEntries(Object.entries(fields).map(([field, { type }]) => [field, type])),
    check: await compileForm(form),
    events: form.events ?? usual.events,
    keep: form.keep ?? [],
    origins: form.origins ?? [],
    rate: form.rate ?? usual.rate,
    schema: formSchema(form),
    ...(honeypot === undefined ? {} : { honeypot }),
    ...(secret === undefined ? {} : { secret }),
    ...(redirect === undefined ? {} : { redirect }),
  }
}

const shortest = 16

/** Throws `secret_missing`, `secret_weak`. */
function secretOf(form: string, hmac: string | undefined, project: Project): string | undefined {
  const name = /^\$\{secret:(.*)\}$/.exec(hmac ?? '')?.[1]
  if (name === undefined) return undefined
  const secret = readSecret(name, project)
  if (secret.length >= shortest) return secret
  throw new SillageError({
    code: 'secret_weak',
    message: `The secret "${name}", with which requests to the form ${form} are signed, is shorter than ${shortest} characters`,
    hint: 'make one: openssl rand -hex 32',
  })
}
