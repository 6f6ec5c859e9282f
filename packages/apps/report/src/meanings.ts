/** What a pipeline may say of columns of its marts that no plugin makes, so that the report knows them. */
export const meanings = {
  activity: 'the kind of customer by which tables are split',
  origin: 'the file or system that a row came from',
  place: 'the area that a customer belongs to, such as a département',
  place_population: 'how many inhabitants that area has',
  offer:
    'what is proposed to the customer, such as a size or a product; in a table of purchases: what of it was bought',
  side: 'the side of the dashboard that the row is on, such as client or prospect',
  trait:
    'what the dashboard tells of customers: true, a list with something in it, a number or any other value',
  interest: 'whether the customer is interested, in a word',
  interest_reason: 'why, or why not',
  first_purchase_at: 'the day of the first purchase',
  last_purchase_at: 'the day of the last purchase',
  purchase_at: 'in a table of purchases: when',
  purchase_amount: 'in a table of purchases: for how much',
  purchase_id: 'in a table of purchases: what makes lines one purchase',
  product: 'in a table of purchases: what was bought',
  event_at: 'in a table of what was sent, done or said: when',
  event_kind: 'in a table of what was sent, done or said: what',
  event_campaign: 'in such a table: the campaign that it belongs to',
  event_answered:
    'in such a table: whether an action was answered as hoped, true or false; null where it is no action of ours',
  event_cost: 'in such a table: what the action cost',
  'consent.email': 'whether writing by e-mail is agreed to',
  'consent.phone': 'whether calling is agreed to',
  'consent.post': 'whether writing by post is agreed to',
  'address.email': 'an e-mail address',
  'address.phone': 'a telephone number',
  'address.post': 'a postal address',
} as const satisfies Readonly<Record<string, string>>
