import type { Problem } from '../failures.ts'
import { type FieldRules, fieldWords } from './field-words.ts'
import type { Language } from './language.ts'
import { visitorPage } from './page.ts'

/** The page of a form that goes on nowhere, after it was taken. */
export function thanksPage(language: Language): string {
  return language === 'fr'
    ? visitorPage({ language, title: 'Merci, c’est bien reçu.', before: ['Vous pouvez fermer cette page.'] })
    : visitorPage({
        language,
        title: 'Thank you, we have received it.',
        before: ['You may close this page.'],
      })
}

/**
 * The page for someone whose form was not taken: which fields, and what to do. `schema` is the form's. Of what was sent it shows at most the
 * name of a field that the form does not have.
 */
export function refusalPage({
  problem,
  schema,
  language,
}: {
  readonly problem: Problem
  readonly schema: object | undefined
  readonly language: Language
}): string {
  const items = fieldsOf(problem).map(({ field = '', code }) => {
    const rules = rulesOf(schema, field)
    return { name: rules.title ?? field, text: fieldWords(code, rules, language) }
  })
  const words = (language === 'fr' ? french : english)(problem)
  if (items.length === 0) return visitorPage({ language, ...words })
  return visitorPage({
    language,
    title: words.title,
    before: [fixThese[language]],
    items,
    after: [goBack[language]],
  })
}

const mostTold = 30

interface ToldField {
  readonly field?: string
  readonly code: string
}

/** One line a field: the first of its problems. */
function fieldsOf({ problems = [] }: Problem): readonly ToldField[] {
  const byField = new Map<string, ToldField>()
  for (const problem of problems as readonly ToldField[])
    if (!byField.has(problem.field ?? '')) byField.set(problem.field ?? '', problem)
  return [...byField.values()].slice(0, mostTold)
}

function rulesOf(schema: object | undefined, field: string): FieldRules {
  const { properties = {} } = (schema ?? {}) as { readonly properties?: Readonly<Record<string, FieldRules>> }
  return Object.hasOwn(properties, field) ? properties[field]! : {}
}

const fixThese = {
  en: 'Nothing was kept yet. Please check these fields:',
  fr: 'Rien n’est encore enregistré. Ces champs sont à revoir\u00a0:',
} as const

const goBack = {
  en: 'Go back with your browser’s Back button, correct them and send the form again.',
  fr: 'Revenez avec le bouton Précédent du navigateur, corrigez-les, puis renvoyez le formulaire.',
} as const

interface Words {
  readonly title: string
  readonly before: readonly string[]
}

function english({ status }: Problem): Words {
  if (status === 422) return { title: 'Please look at the form again.', before: [goBack.en] }
  if (status === 404)
    return { title: 'There is no such form.', before: ['Please tell the site that sent you here.'] }
  if (status === 413)
    return {
      title: 'This is too much at once.',
      before: ['Nothing was kept. Go back, shorten it and send it again.'],
    }
  if (status === 429)
    return {
      title: 'Too many at once.',
      before: ['Nothing was kept. Please wait a minute and send the form again.'],
    }
  if (status >= 500)
    return {
      title: 'The form could not be kept.',
      before: ['This is our fault, not yours. Please send it again in a few minutes.'],
    }
  return {
    title: 'The form could not be taken.',
    before: [
      'Nothing was kept. Go back, open the form anew and send it again; if this stays, tell its site.',
    ],
  }
}

function french({ status }: Problem): Words {
  if (status === 422) return { title: 'Le formulaire est à revoir.', before: [goBack.fr] }
  if (status === 404)
    return {
      title: 'Ce formulaire n’existe pas.',
      before: ['Merci de le signaler au site qui vous a amené ici.'],
    }
  if (status === 413)
    return {
      title: 'C’est trop long pour un seul envoi.',
      before: ['Rien n’est enregistré. Revenez en arrière, raccourcissez, puis renvoyez le formulaire.'],
    }
  if (status === 429)
    return {
      title: 'Trop d’envois à la fois.',
      before: ['Rien n’est enregistré. Attendez une minute, puis renvoyez le formulaire.'],
    }
  if (status >= 500)
    return {
      title: 'Le formulaire n’a pas pu être enregistré.',
      before: ['La faute est de notre côté. Renvoyez-le dans quelques minutes.'],
    }
  return {
    title: 'Le formulaire n’a pas pu être reçu.',
    before: [
      'Rien n’est enregistré. Revenez en arrière, rouvrez le formulaire et renvoyez-le\u00a0; si cela persiste, signalez-le à son site.',
    ],
  }
}
