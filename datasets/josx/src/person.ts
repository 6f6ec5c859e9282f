import type { Day } from './calendar.ts'

export type Activity = 'restaurateur' | 'domaine' | 'particulier'
export const activities: readonly Activity[] = ['restaurateur', 'domaine', 'particulier']

/** The ten segments of the case, in the order of its rules. */
export const segments = [
  'nouveau_client',
  'client_chaud',
  'client_actif',
  'client_sur_le_depart',
  'client_perdu',
  'prospect_restaurateur',
  'prospect_domaine',
  'prospect_particulier_eco',
  'prospect_particulier',
  'a_qualifier',
] as const
export type Segment = (typeof segments)[number]

export interface Address {
  readonly street: string
  readonly postcode: string
  readonly city: string
  readonly departement: string
}

/** What is true of someone, whatever the files say. */
export interface Person {
  /** `P00001`. */
  readonly id: string
  /** What they are; empty where nobody asked yet, although `kind` is how they behave. */
  readonly activity: Activity | ''
  readonly kind: Activity
  readonly civility: 'M.' | 'Mme'
  readonly firstName: string
  readonly lastName: string
  /** Empty for individuals, as `siret` and `ape`. */
  readonly company: string
  readonly siret: string
  readonly ape: string
  readonly address: Address
  /** Where they lived before `movedOn`. */
  readonly formerAddress: Address
  readonly movedOn: Day | undefined
  readonly email: string
  /** Equal to `email` for most. */
  readonly formerEmail: string
  /** Ten digits of a range reserved for fiction. */
  readonly landline: string
  readonly mobile: string
  readonly birth: Day
  readonly ecological: boolean
  readonly ordersAYear: number
  /** Tenths of a hectolitre a year; 0 outside estates. */
  readonly productionTenths: number
  readonly website: string
  readonly fairs: readonly string[]
  /** Kind of ecological purchase; empty where none. */
  readonly ecoPurchase: '' | 'vin_bio' | 'citerne' | 'photovoltaique' | 'autre'
  readonly channel: 'salon' | 'article' | 'flyer' | 'autre' | 'inconnu'
  readonly consents: Readonly<Record<'email' | 'sms' | 'tel' | 'post', 'oui' | 'non' | ''>>
  readonly invoices: readonly Invoice[]
  readonly segment: Segment
}

export interface Invoice {
  readonly day: Day
  readonly product: string
  readonly quantity: number
  /** Cents without tax; negative for a credit note. */
  readonly cents: number
  readonly channel: Person['channel']
}
