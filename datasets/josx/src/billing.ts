import { dayOf, frenchDay } from './calendar.ts'
import { csvBytes, excelFrench, type Row } from './csv.ts'
import type { Invoice } from './person.ts'
import type { Sighting } from './sighting.ts'

const billingColumns = [
  ...[
    'facture_id',
    'date_facture',
    'type',
    'code_client',
    'activite',
    'civilite',
    'nom',
    'prenom',
    'societe',
    'siret',
    'ape',
  ],
  ...['adresse', 'code_postal', 'ville', 'email', 'tel_fixe', 'tel_mobile', 'date_naissance'],
  ...['produit', 'quantite', 'montant_ht', 'canal_commande'],
  ...['consentement_email', 'consentement_sms', 'consentement_tel', 'consentement_post'],
] as const

/** Addresses of e-mail that changed did so on this day, unless their owner moved. */
const newEmails = dayOf('2012-06-01')

/** The bytes of `facturation.csv`: one row an invoice, with the client as they stood in the base on that day. */
export function billingFile(clients: readonly Sighting[]): Uint8Array {
  const lines = clients.flatMap((client) => client.person.invoices.map((invoice) => ({ client, invoice })))
  lines.sort((a, b) => a.invoice.day - b.invoice.day || (a.client.contactId < b.client.contactId ? -1 : 1))
  return csvBytes(
    billingColumns,
    lines.map(({ client, invoice }, index) => billingRow(client, invoice, index)),
    excelFrench,
  )
}

function billingRow(client: Sighting, invoice: Invoice, index: number): Row {
  const { contact_id: code, ...row } = client.row
  const { product, quantity, cents, day, channel } = invoice
  const { consents } = client.person
  return {
    ...row,
    ...formerValues(client, day),
    facture_id: `F${frenchDay(day).slice(-4)}-${String(index + 1).padStart(4, '0')}`,
    date_facture: frenchDay(day),
    type: cents < 0 ? 'avoir' : 'facture',
    code_client: code!,
    produit: product,
    quantite: String(quantity),
    montant_ht: frenchCents(cents),
    canal_commande: channel,
    consentement_email: consents.email,
    consentement_sms: consents.sms,
    consentement_tel: consents.tel,
    consentement_post: consents.post,
  }
}

/** What has changed since the invoice: those who moved or changed their e-mail stand under the old one. */
function formerValues({ person, row }: Sighting, day: number): Row {
  const { street, postcode, city } = person.formerAddress
  const elsewhere = person.movedOn !== undefined && day < person.movedOn && row.adresse !== ''
  const otherEmail =
    person.formerEmail !== person.email && day < (person.movedOn ?? newEmails) && row.email !== ''
  return {
    ...(elsewhere ? { adresse: street, code_postal: postcode, ville: city } : {}),
    ...(otherEmail ? { email: person.formerEmail } : {}),
  }
}

/** `-123456` is `-1234,56`. */
function frenchCents(cents: number): string {
  const size = Math.abs(cents)
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)},${String(size % 100).padStart(2, '0')}`
}
