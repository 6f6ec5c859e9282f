import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../../..')

it('no page tells to run a name of the public registry', () => {
  const pages = ['README.md', ...['docs', 'pipelines', 'packages', 'plugins', 'datasets'].flatMap(pagesIn)]
  expect(pages.length).toBeGreaterThan(40)
  const calls = pages.flatMap((page) =>
    readFileSync(join(root, page), 'utf8')
      .split('\n')
      .filter((line) =>
        /\bnp(x|m exec|m create|m init) (?!--no-install )\S|\b(pnpm|yarn) dlx|\bbunx /.test(line),
      )
      .map((line) => `${page}: ${line.trim()}`),
  )
  expect(calls).toEqual([])
})

function pagesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : pagesIn(path)
    return /\.(md|mjs|service|timer)$/.test(entry.name) ? [path] : []
  })
}
