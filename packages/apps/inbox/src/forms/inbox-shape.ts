import type { Shape } from '@sillage/pipeline'

const text = (description: string, more: object = {}): Shape =>
  ({ type: 'string', minLength: 1, description, ...more }) as Shape

const fieldShape = {
  type: 'object',
  properties: {
    type: { enum: ['text', 'integer', 'number', 'boolean', 'list'], description: 'What it holds.' },
    label: text('What people call it, on the page that tells them what to correct; its name unless said.'),
    required: { type: 'boolean', description: 'True where it must be there; a required text is not empty.' },
    min: {
      type: 'number',
      description: 'Least characters of a text, items of a list, else the least value.',
    },
    max: {
      type: 'number',
      description: 'Most characters of a text, items of a list, else the greatest value.',
    },
    format: { enum: ['email', 'url', 'date', 'date-time', 'uuid'], description: 'What a text is.' },
    one_of: {
      type: 'array',
      minItems: 1,
      items: { type: ['string', 'number'] },
      description: 'All that it may be.',
    },
    pattern: text(
      'A regular expression that all of a text must match, as in a contract: RE2, without references back and looking around.',
    ),
  },
  required: ['type'],
  additionalProperties: false,
} as Shape

const formShape = {
  type: 'object',
  properties: {
    fields: {
      type: 'object',
      minProperties: 1,
      additionalProperties: fieldShape,
      description: 'Fields by name.',
    },
    unknown: {
      enum: ['keep', 'refuse'],
      description: 'What becomes of fields that are not declared; keep unless said.',
    },
    honeypot: text('A field that people do not see: what fills it in is no person.'),
    origins: {
      type: 'array',
      items: text('An origin such as https://shop.example', { pattern: '^https?://[^/?#@\\s]+$' }),
      description: 'Sites whose pages may send, such as https://shop.example.',
    },
    rate: { type: 'integer', minimum: 1, description: 'Requests a minute of one address; 60 unless said.' },
    hmac: text('The secret of the signature that each request must bear, as "${secret:name}".'),
    redirect: text('Where the browser goes after a form was sent, such as https://shop.example/thanks.', {
      pattern: '^https?://\\S+$',
    }),
    events: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      description: 'The most events of a request; 1000 unless said.',
    },
    remove_after: text(
      'How old records may get, such as 90d: sillage gc then removes files of them that every pipeline has read and published. They stay unless said.',
    ),
    keep: {
      type: 'array',
      uniqueItems: true,
      items: { enum: ['ip', 'user_agent', 'referer'] },
      description: 'What is kept of the request beside what was sent; nothing unless said.',
    },
  },
  required: ['fields'],
  additionalProperties: false,
} as Shape

/** The shape of `inbox:` in sillage.yaml. */
export const inboxShape = {
  type: 'object',
  properties: {
    forms: {
      type: 'object',
      minProperties: 1,
      additionalProperties: formShape,
      description: 'Forms by name.',
    },
    proxies: {
      type: 'array',
      items: text('An address such as 127.0.0.1.'),
      description: 'Proxies that are believed when they say whose request it is.',
    },
  },
  required: ['forms'],
  additionalProperties: false,
} as Shape
