import {
  type BatchFacts,
  type BatchMaker,
  type CheckFacts,
  type Column,
  type CountedWarning,
  defineBatch,
  type Problem,
  type RejectRule,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max'
import { normaliseCompany } from './contact/company-name.ts'
import { countryOf, type RowCountry } from './contact/country.ts'
import { normaliseEmail } from './contact/email.ts'
import { mendMojibake } from './contact/mojibake.ts'
import type { NameRole } from './contact/name-word.ts'
import { normaliseCivility, normaliseName } from './contact/person-name.ts'
import { normalisePhone } from './contact/phone.ts'
import { normalisePostcode } from './contact/postcode.ts'

const column = (description: string) => t.optional(t.column({ description }))

const config = t.object({
  name: t.optional(
    t.object({
      first: column('First names.'),
      last: column('Surname.'),
      full: column('First names and surname in one column.'),
      company: column('Name of a company.'),
    }),
  ),
  civility: column('Becomes M., Mme, M. et Mme, Dr, Me or Pr.'),
  email: column('Address of e-mail.'),
  phones: t.optional(t.columns({ description: 'Phone numbers; they become E.164.' })),
  country: t.optional(
    t.text({
      pattern: '^[A-Z]{2}$',
      default: 'FR',
      description:
        'Country of postcodes and of phone numbers without a country code, where `country_column` says none (ISO 3166).',
    }),
  ),
  country_column: column(
    'The country of each row: its ISO code or its name, as people write it. It is read only; a blank means `country`. Postcodes of other countries stay as they are.',
  ),
  postcode: column('Postcode.'),
  repair: t.optional(
    t.columns({
      description:
        'Texts in which UTF-8 may have been read as Windows-1252 (`MarÃ©chal`): they are mended, and `<column>_status` tells which.',
    }),
  ),
  require: t.optional(
    t.list(t.oneOf(['name', 'contact_point']), {
      minItems: 1,
      uniqueItems: true,
      description: 'Refuse rows without any name, or without a valid e-mail address or phone number.',
    }),
  ),
})

type Config = Static<typeof config>

export default defineBatch<Config>({
  name: 'clean/contacts',
  summary:
    'Writes names, e-mail addresses, phone numbers and postcodes in one form and says which are valid.',
  description: `
A batch plugin, since numbering plans cannot be said in SQL. Columns change in place, as text; what is not valid becomes null, and stays in
the relation before. New columns tell why:

- \`<email>_status\`: ok, disposable (an address of a throw-away service), invalid, missing
- \`<phone>_status\`: mobile, fixed, other, invalid, missing
- \`<repair>_status\`: ok, repaired (\`MarÃ©chal\` → \`Maréchal\`), missing
- \`<postcode>_status\`: ok, repaired (a lost leading zero, blanks, \`F-\`), foreign (of another country, as it was written), invalid, missing

What exports and pages put into or around a value goes first: characters without width, blanks of typography, HTML entities, quotation marks,
\`="…"\`, a leading apostrophe, the \`.0\` of a number, an extension. Two numbers or addresses in one cell are invalid: none is chosen.

A name in capitals or small letters only gets the capitals of a letter (\`JEAN-PIERRE DE LA TOUR\` → \`Jean-Pierre de La Tour\`): a
particle (de, du, da, dos, del, van, von, ter, …) is small before a further word, but not where a first name begins; after \`Mc\` and a full
stop comes a capital. An address has its domain as servers write it (\`münchen.example\` → \`xn--mnchen-3ya.example\`); letters beyond ASCII
before the @ are invalid. A phone number has the country code that its block belongs to (\`0692 12 34 56\` → \`+262692123456\`). The
minimum lead is \`require: [name, contact_point]\`: its reasons are \`no_name\` and \`no_contact_point\`.
`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'The minimum lead: a name and a contact point',
      with: {
        name: { first: 'prenom', last: 'nom' },
        civility: 'civilite',
        email: 'email',
        phones: ['tel'],
        postcode: 'cp',
        require: ['name', 'contact_point'],
      },
      inputs: {
        input: {
          columns: {
            civilite: 'varchar',
            prenom: 'varchar',
            nom: 'varchar',
            email: 'varchar',
            tel: 'varchar',
            cp: 'integer',
          },
          rows: [
            ['Madame', 'ZOÉ', "d'alembert", ' Zoe@Example.ORG ', '06.39.98.08.57', 1000],
            [null, ' ', null, 'zoe@example.org', null, null],
            ['x', 'Ali', 'McDonald', 'ali@', '12', 99999],
          ],
        },
      },
      rows: [
        {
          civilite: 'Mme',
          prenom: 'Zoé',
          nom: "d'Alembert",
          email: 'zoe@example.org',
          tel: '+33639980857',
          cp: '01000',
          email_status: 'ok',
          tel_status: 'mobile',
          cp_status: 'repaired',
        },
      ],
      rejects: [['no_name'], ['no_contact_point']],
    },
    {
      title: 'Names whose UTF-8 was read as Windows-1252',
      with: { name: { last: 'nom' }, repair: ['nom', 'rue'] },
      inputs: {
        input: {
          columns: { nom: 'varchar', rue: 'varchar' },
          rows: [
            ['MarÃ©chal', 'rue de lâ€™Ã‰glise'],
            ['Noël', null],
          ],
        },
      },
      rows: [
        { nom: 'Maréchal', rue: 'rue de l’Église', nom_status: 'repaired', rue_status: 'repaired' },
        { nom: 'Noël', rue: null, nom_status: 'ok', rue_status: 'missing' },
      ],
    },
  ],
  check,
  warnings: ({ config }) => warningsOf(config),
  reads: ({ config }) => [...new Set([...columnsOf(config), ...[config.country_column ?? []].flat()])],
  output: ({ config }) => outputOf(config),
  rejects: ({ config }) => rulesOf(config),
  batch,
})

function check({ config }: CheckFacts<Config>): readonly Problem[] {
  const columns = rolesOf(config)
  const repeated = columns.filter((name, index) => columns.indexOf(name) < index)
  const missing = (config.require ?? []).filter(
    (part) => (part === 'name' ? namesOf(config) : pointsOf(config)).length === 0,
  )
  return [
    ...(columnsOf(config).length === 0
      ? [
          {
            path: [],
            code: 'nothing_to_do',
            message: 'no column is named',
            hint: 'name at least one of name, civility, email, phones, postcode, repair',
          },
        ]
      : []),
    ...[...pointsOf(config), ...[config.postcode ?? []].flat()]
      .filter((name) => config.repair?.includes(name))
      .map((name) => ({
        path: ['repair'],
        code: 'repeated_column',
        message: `"${name}" has two roles`,
        hint: 'addresses, numbers and postcodes have no letters to repair: leave it out of `repair`',
      })),
    ...repeated.map((name) => ({
      path: [],
      code: 'repeated_column',
      message: `"${name}" has two roles`,
      hint: 'give each column one role',
    })),
    ...missing.map((part) => ({
      path: ['require'],
      code: 'required_without_column',
      message: `a ${part.replace('_', ' ')} is required, but no column holds one`,
      hint: part === 'name' ? 'name a column under `name`' : 'name `email` or `phones`',
    })),
    ...(config.country !== undefined && !isSupportedCountry(config.country)
      ? [
          {
            path: ['country'],
            code: 'unknown_country',
            message: `"${config.country}" is no country with a numbering plan`,
            hint: 'write its ISO code, such as FR, BE, CH',
          },
        ]
      : []),
  ]
}

function namesOf({ name = {} }: Config): readonly string[] {
  return [name.first, name.last, name.full, name.company].flatMap((one) => one ?? [])
}

function pointsOf({ email, phones = [] }: Config): readonly string[] {
  return [...(email === undefined ? [] : [email]), ...phones]
}

function columnsOf(config: Config): readonly string[] {
  return [...new Set([...rolesOf(config), ...(config.repair ?? [])])]
}

/** Columns that are brought into a form of their own. */
function rolesOf(config: Config): readonly string[] {
  return [
    ...namesOf(config),
    ...[config.civility ?? []].flat(),
    ...pointsOf(config),
    ...[config.postcode ?? []].flat(),
  ]
}

/** The columns with a status of their own. */
function statusesOf(config: Config): readonly string[] {
  const own = [...pointsOf(config), ...[config.postcode ?? []].flat()]
  return [...new Set([...own, ...(config.repair ?? [])])].map((name) => `${name}_status`)
}

function outputOf(config: Config): readonly Column[] {
  const personal = new Set([...namesOf(config), ...pointsOf(config), ...(config.repair ?? [])])
  const values = columnsOf(config).map((name) => ({
    name,
    type: 'VARCHAR',
    ...(personal.has(name) ? { personal: true } : {}),
  }))
  return [
    ...values,
    ...statusesOf(config).map((name) => ({ name, type: 'VARCHAR' })),
    ...(spelledOf(config).length === 0 ? [] : [respelled]),
  ]
}

/** Texts without a status of their own, whose letters may change. */
function spelledOf(config: Config): readonly string[] {
  return [...namesOf(config), ...[config.civility ?? []].flat()]
}

/** How many of these texts a row has that left otherwise than they came, but for the blanks around them. */
const respelled: Column = { name: '_respelled', type: 'BIGINT' }

function warningsOf(config: Config): readonly CountedWarning[] {
  if (spelledOf(config).length === 0) return []
  return [
    {
      code: 'names_respelled',
      message: 'names and civilities were written anew, in the capitals and signs of a letter',
      hint: 'they stand as they came in the stage before',
      count: sql`coalesce(sum(_respelled), 0)::bigint`,
    },
  ]
}

function rulesOf({ require = [] }: Config): readonly RejectRule[] {
  const all = {
    name: { code: 'no_name', message: 'there is no name' },
    contact_point: {
      code: 'no_contact_point',
      message: 'there is neither a valid e-mail address nor a valid phone number',
    },
  }
  return require.map((part) => all[part])
}

type Texts = (string | null)[]

function batch(facts: BatchFacts<Config, undefined>) {
  const { batch, config, make } = facts
  const made: Record<string, Texts> = {}
  const repaired = new Set(config.repair ?? [])
  const respelledTexts = new Array<number>(batch.numRows).fill(0)
  const spelled = new Set(spelledOf(config))
  const each = (name: string, change: (text: string) => string | null): void => {
    const texts = textsOf(facts, name)
    const mended = repaired.has(name) ? texts.map(mendMojibake) : texts
    const values = mended.map(change)
    made[name] = values
    if (spelled.has(name))
      for (const [row, text] of texts.entries())
        if (isRespelled(text, values[row] ?? '')) respelledTexts[row]! += 1
    if (repaired.has(name))
      made[`${name}_status`] = mended.map((text, row) => repairStatus(texts[row]!, text))
  }
  const withStatus = (
    name: string,
    change: (text: string, row: number) => { readonly value: string | null; readonly status: string },
  ): void => {
    const found = textsOf(facts, name).map((text, row) => change(text, row))
    made[name] = found.map(({ value }) => value)
    made[`${name}_status`] = found.map(({ status }) => status)
  }
  for (const name of namesOf(config))
    each(
      name,
      name === config.name?.company ? normaliseCompany : (text) => normaliseName(text, roleOf(name, config)),
    )
  if (config.civility !== undefined) each(config.civility, normaliseCivility)
  if (config.email !== undefined) withStatus(config.email, normaliseEmail)
  const usual = (config.country ?? 'FR') as CountryCode
  const countries =
    config.country_column === undefined
      ? undefined
      : textsOf(facts, config.country_column).map((text) => countryOf(text, usual))
  const countryAt = (row: number): RowCountry => (countries === undefined ? usual : countries[row]!)
  for (const phone of config.phones ?? [])
    withStatus(phone, (text, row) => normalisePhone(text, countryAt(row)))
  if (config.postcode !== undefined)
    withStatus(config.postcode, (text, row) => normalisePostcode(text, countryAt(row)))
  for (const name of repaired) if (made[name] === undefined) each(name, (text) => text || null)
  const vectors = outputOf(config).map(
    ({ name }) =>
      [name, name === respelled.name ? make.integer(respelledTexts) : make.text(made[name]!)] as const,
  )
  const rejects =
    config.require === undefined ? {} : { _reject: rejectBits(config, made, { rows: batch.numRows, make }) }
  return make.batch({ ...Object.fromEntries(vectors), ...rejects })
}

function isRespelled(before: string, after: string): boolean {
  return after !== before && after !== before.trim()
}

function roleOf(name: string, { name: names = {} }: Config): NameRole {
  if (name === names.first) return 'first'
  return name === names.full ? 'full' : 'last'
}

function repairStatus(before: string, after: string): string {
  if (before.trim() === '') return 'missing'
  return before === after ? 'ok' : 'repaired'
}

/** Each value as text, without null: an empty text is no value either. */
function textsOf(
  { batch, texts }: Pick<BatchFacts<Config, undefined>, 'batch' | 'texts'>,
  name: string,
): readonly string[] {
  const vector = batch.getChild(name)!
  if (String(vector.type) === 'Utf8') return texts(name).map((text) => text ?? '')
  return Array.from({ length: batch.numRows }, (_, row) => {
    const value: unknown = vector.get(row)
    return value === null || value === undefined ? '' : String(value)
  })
}

function rejectBits(
  config: Config,
  made: Readonly<Record<string, Texts>>,
  { rows, make }: { readonly rows: number; readonly make: BatchMaker },
) {
  const wanted = config.require!.map((part) => (part === 'name' ? namesOf(config) : pointsOf(config)))
  return make.integer(
    Array.from({ length: rows }, (_, row) =>
      wanted.reduce(
        (bits, names, bit) => (names.some((name) => made[name]![row] !== null) ? bits : bits | (1 << bit)),
        0,
      ),
    ),
  )
}
