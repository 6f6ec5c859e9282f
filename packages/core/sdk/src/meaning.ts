/**
 * What a column means, for readers that do not know the pipeline. A plugin declares it (`SqlStep.notes`, `output` of a model). A pipeline may
 * declare it for the columns of its marts, also with meanings of apps (`Section.meanings`). Later steps pass it on by the column's name.
 */
export const meanings = {
  customer: 'who: the id of a customer or person',
  segment: 'the segment that the row is in',
  treatment: 'what is done with the segment',
  actions: 'the actions of the segment: a list of texts',
  'rfm.recency_points': 'points of recency; more is better',
  'rfm.frequency_points': 'points of frequency; more is better',
  'rfm.monetary_points': 'points of monetary value; more is better',
  monetary: 'what the customer spent',
  probability_alive: 'the probability, 0 to 1, that the customer has not left',
  expected_purchases: 'purchases that are expected within the horizon',
  lifetime_value: 'what the customer is worth from the as-of date on',
} as const satisfies Readonly<Record<string, string>>

export type Meaning = keyof typeof meanings
