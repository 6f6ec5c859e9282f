import { brokenEmail } from '@sillage/dataset-josx'
import type { Random } from '@sillage/stats'
import type { Lead } from './lead.ts'

/** The ten kinds of bad lines. */
export const faults = [
  'broken_json',
  'not_an_object',
  'wrong_type',
  'bad_bytes',
  'oversized_cell',
  'no_contact_point',
  'invalid_email',
  'no_name',
  'bad_date',
  'duplicate_id',
] as const
export type Fault = (typeof faults)[number]

/** How many lines of the 2,000 have each fault. */
export const faultCounts: Readonly<Record<Fault, number>> = {
  broken_json: 16,
  not_an_object: 8,
  wrong_type: 12,
  bad_bytes: 9,
  oversized_cell: 2,
  no_contact_point: 20,
  invalid_email: 18,
  no_name: 14,
  bad_date: 12,
  duplicate_id: 15,
}

/** A line as it stands in the file, without its line break. */
export interface BadLine {
  readonly bytes: Uint8Array
  /** Which form the fault takes. */
  readonly variant: string
}

export interface SpoilFacts {
  readonly lead: Lead
  readonly earlier: Lead
  /** Counts the lines of one fault: its variants take turns. */
  readonly turn: number
  readonly random: Random
}

/** Makes a bad line of a good lead. */
export function spoil(fault: Fault, { lead, earlier, turn, random }: SpoilFacts): BadLine {
  const text = JSON.stringify(lead)
  switch (fault) {
    case 'broken_json':
      return alternate(turn, {
        truncated: text.slice(0, random.integer(40, Math.floor(text.length / 2))),
        single_quotes: text.replaceAll('"', "'"),
        trailing_comma: `${text.slice(0, -1)},}`,
        unquoted_keys: text.replaceAll(/"(\w+)":/g, '$1:'),
      })
    case 'not_an_object':
      return alternate(turn, {
        array: JSON.stringify(Object.values(lead)),
        text: JSON.stringify(text),
        number: String(random.integer(1, 999)),
        null: 'null',
      })
    case 'wrong_type':
      return alternate(turn, {
        phone_as_number: json({ ...lead, phone: 33639980000 + turn }),
        consent_as_text: json({ ...lead, consent: 'oui' }),
        events_as_object: json({ ...lead, events: { type: 'page_view' } }),
        name_as_list: json({ ...lead, name: [lead.name] }),
      })
    case 'bad_bytes':
      return badBytes(text, lead, turn)
    case 'oversized_cell':
      return alternate(turn, { message_1_mb: json({ ...lead, message: 'vin '.repeat(262_144) }) })
    case 'no_contact_point':
      return alternate(turn, {
        null: json({ ...lead, email: null, phone: null }),
        empty: json({ ...lead, email: '', phone: ' ' }),
        absent: json({ ...lead, email: undefined, phone: undefined }),
      })
    case 'invalid_email':
      return alternate(turn, {
        no_phone: json({
          ...lead,
          email: brokenEmail(lead.email ?? `contact${turn}@courriel.example`, random),
          phone: null,
        }),
      })
    case 'no_name':
      return alternate(turn, {
        null: json({ ...lead, name: null }),
        blank: json({ ...lead, name: '  ' }),
        absent: json({ ...lead, name: undefined }),
      })
    case 'bad_date':
      return alternate(turn, {
        no_such_day: json({ ...lead, created_at: '2014-02-30T10:00:00Z' }),
        french: json({ ...lead, created_at: '12/05/2014 10:00' }),
        words: json({ ...lead, created_at: 'hier' }),
        future: json({ ...lead, created_at: '2104-05-12T10:00:00Z' }),
      })
    case 'duplicate_id':
      return alternate(turn, {
        same_person: json({ ...earlier, created_at: lead.created_at }),
        other_person: json({ ...lead, id: earlier.id }),
      })
  }
}

function badBytes(text: string, lead: Lead, turn: number): BadLine {
  const utf8 = new TextEncoder()
  const french = JSON.stringify({ ...lead, name: 'Hélène Lefèvre', message: '' })
  const latin1 = Uint8Array.from(french, (char) => Math.min(char.charCodeAt(0), 0xff))
  const variants = {
    latin_1: latin1,
    bom_mid_file: utf8.encode(`\uFEFF${text}`),
    nul_byte: utf8.encode(text.replace('"id":', '"id":\u0000')),
    nul_escape: utf8.encode(json({ ...lead, name: `${lead.name}\u0000` })),
  }
  return alternateBytes(turn, variants)
}

/** Fields that are undefined are left out. */
function json(value: Readonly<Record<keyof Lead, unknown>>): string {
  return JSON.stringify(value)
}

function alternate(turn: number, variants: Readonly<Record<string, string>>): BadLine {
  return alternateBytes(
    turn,
    Object.fromEntries(
      Object.entries(variants).map(([name, text]) => [name, new TextEncoder().encode(text)]),
    ),
  )
}

function alternateBytes(turn: number, variants: Readonly<Record<string, Uint8Array>>): BadLine {
  const names = Object.keys(variants)
  const variant = names[turn % names.length]!
  return { bytes: variants[variant]!, variant }
}
