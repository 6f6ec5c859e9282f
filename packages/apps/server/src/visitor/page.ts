import { createHash } from 'node:crypto'
import type { Language } from './language.ts'

const style = `:root{color-scheme:light dark;font:1.0625rem/1.5 system-ui,sans-serif}
body{margin:0;padding:12vh 1.25rem 2rem}
main{max-width:34rem;margin:0 auto;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
ul{padding-left:1.25rem}
li{margin:.375rem 0}`

/** What a visitor's page may load: its own style, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** A small page that asks nobody for anything. All that it is given is text. */
export function visitorPage({
  language,
  title,
  before = [],
  items = [],
  after = [],
}: {
  readonly language: Language
  readonly title: string
  /** Paragraphs. */
  readonly before?: readonly string[]
  readonly items?: readonly { readonly name: string; readonly text: string }[]
  readonly after?: readonly string[]
}): string {
  const paragraphs = (texts: readonly string[]) => texts.map((text) => `<p>${escaped(text)}</p>`)
  const colon = language === 'fr' ? '\u00a0: ' : ': '
  const list = items.map(
    ({ name, text }) =>
      `<li>${name === '' ? '' : `<strong>${escaped(name)}</strong>${colon}`}${escaped(text)}</li>`,
  )
  return [
    `<!doctype html>`,
    `<html lang="${language}">`,
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="robots" content="noindex">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<main>`,
    `<h1>${escaped(title)}</h1>`,
    ...paragraphs(before),
    ...(list.length === 0 ? [] : ['<ul>', ...list, '</ul>']),
    ...paragraphs(after),
    `</main>`,
    `</html>`,
    ``,
  ].join('\n')
}

const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => names[mark]!)
}
