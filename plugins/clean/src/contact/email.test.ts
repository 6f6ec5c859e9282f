import { expect, it } from 'vitest'
import { normaliseEmail } from './email.ts'

it.each([
  'per\u200bson@example.org',
  'person@example.org\u200b',
  'person@exam\u00adple.org',
  'person\u2060@example.org',
  '\u202aperson@example.org',
  '\u00a0person@example.org\u202f',
  "'person@example.org",
  '="person@example.org"',
  '"person@example.org"',
  'mailto:person@example.org?subject=x',
  'person&#64;example.org',
])('takes off what is no part of an address: %j', (text) => {
  expect(normaliseEmail(text)).toEqual({ value: 'person@example.org', status: 'ok' })
})

it.each([
  'a.b@münchen.example',
  'a.b@mu\u0308nchen.example',
  'a.b@xn--mnchen-3ya.example',
  'A.B@MÜNCHEN.example',
  'a.b@XN--MNCHEN-3YA.example',
  'a.b@münchen。example',
])('gives one domain one spelling: %j', (text) => {
  expect(normaliseEmail(text)).toEqual({ value: 'a.b@xn--mnchen-3ya.example', status: 'ok' })
})

it.each([
  'me@\u2488a.example.org',
  'me@xn--0.example.org',
  'me@xn--xn---epa.org',
  'me@a\u037e.example.org',
  'me@\u2460.org',
  'me@\u2603.net',
  'me@\u0301a.org',
  `me@${'ü'.repeat(60)}.example.org`,
  `me@${'a'.repeat(64)}.example.org`,
  `me@${`${'a'.repeat(60)}.`.repeat(5)}org`,
  'me@-a.org',
  'me@a_b.org',
  'me@[127.0.0.1]',
  '"a b"@example.org',
  '"a"@example.org',
  'a\u0007@example.org',
  'a@exam\u0000ple.org',
  'zoé@example.org',
  'a@example.org; b@example.org',
  'A <a@example.org>, B <b@example.org>',
])('calls invalid what no server would accept: %j', (text) => {
  expect(normaliseEmail(text)).toEqual({ value: null, status: 'invalid' })
})
