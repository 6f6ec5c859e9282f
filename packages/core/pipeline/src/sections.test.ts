import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diagnostic, ownCode, type SillageError } from '@sillage/base'
import { afterAll, describe, expect, it } from 'vitest'
import { editorSchema } from './editor-schema.ts'
import type { KnownPlugin } from './pipeline.ts'
import { findProject } from './project.ts'
import { readPipeline } from './read-pipeline.ts'
import type { Section } from './section.ts'
import { joinSections, noSections, type Sections } from './sections.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-sections-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const shouted: Section = {
  key: 'motto',
  pipeline: {
    shape: { type: 'string', minLength: 1 },
    pattern: '^[A-Z]',
    check: (text: string, { marts, locate }) =>
      marts.includes(text)
        ? [
            diagnostic({
              code: ownCode('motto_taken'),
              message: text,
              span: locate.value(['motto']),
              hint: 'another',
            }),
          ]
        : [],
    read: (text: string) => ({ shouted: text.toUpperCase() }),
  },
  project: { shape: { type: 'string' }, inEnvironments: true },
  meanings: ['mood'],
}
const clock: Section = {
  key: 'clock',
  pipeline: {
    shape: { type: 'string' },
    checksAnyText: true,
    check: (text, { locate }) =>
      typeof text === 'string'
        ? []
        : [
            diagnostic({
              code: ownCode('clock_odd'),
              message: 'odd',
              span: locate.value(['clock']),
              hint: 'mend',
            }),
          ],
    zone: (text) => (typeof text === 'string' ? text : undefined),
  },
}
const sections = joinSections([shouted, clock], () => Promise.reject(new Error('sources are compiled')))

const rows = { name: 'collect/rows', style: 'source', inputs: {}, outputs: {}, config: { type: 'object' } }
const registry = new Map([[rows.name, rows as unknown as KnownPlugin]])

async function read(more: string, joined: Sections = sections) {
  const file = join(folder, 'pipeline.yaml')
  writeFileSync(
    file,
    `pipeline: p\nstages:\n  raw: { uses: collect/rows }\nmarts:\n  people: { from: raw }\n${more}`,
  )
  const project = await findProject(folder, { sections: joined })
  return await readPipeline({ file, project, registry, env: {}, params: {}, sections: joined })
}
const codes = ({ diagnostics }: Awaited<ReturnType<typeof read>>): readonly string[] =>
  diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`)

describe('a section of a pipeline file', () => {
  it('gives the value that its app reads, frozen, and nothing where the file has not the key', async () => {
    const { pipeline } = await read('motto: hello\n')
    expect(pipeline?.sections).toEqual({ motto: { shouted: 'HELLO' } })
    expect(Object.isFrozen(pipeline?.sections.motto)).toBe(true)
    expect((await read('')).pipeline?.sections).toEqual({})
  })

  it('has its shape in that of the file, and finds at the places of its text', async () => {
    expect(codes(await read('motto: 5\n'))).toEqual(['type_wrong 6:8'])
    expect(codes(await read('motto: people\n'))).toEqual(['motto_taken 6:8'])
    expect((await read('moto: hello\n')).diagnostics).toMatchObject([
      { code: 'key_unknown', hint: expect.stringContaining('motto') },
    ])
  })

  it('is not asked about a file of a wrong shape, unless it takes any text', async () => {
    expect(codes(await read('motto: people\nclock: 5\n'))).toEqual(['clock_odd 7:8', 'type_wrong 7:8'])
  })

  it('says where today is asked, and what columns may mean', async () => {
    expect((await read('clock: Europe/Paris\n')).pipeline?.timeZone).toBe('Europe/Paris')
    const mart = (meaning: string) => `  more: { from: raw, columns: { a: { meaning: ${meaning} } } }\n`
    expect(codes(await read(mart('mood')))).toEqual([])
    expect(codes(await read(mart('mod')))).toEqual(['value_unknown 6:47'])
  })

  it('is a key that nobody knows where nobody gives it', async () => {
    const { diagnostics } = await read('motto: hello\n', noSections)
    expect(diagnostics).toMatchObject([{ code: 'key_unknown', line: 6 }])
  })

  it('is in the schema for editors, where references may stand', () => {
    const { properties } = editorSchema([rows as unknown as KnownPlugin], sections.all)
    expect(properties).toMatchObject({
      motto: { type: 'string', anyOf: [{ pattern: '^[A-Z]' }, { pattern: expect.stringContaining('env') }] },
      clock: { type: 'string' },
    })
  })
})

describe('a section of sillage.yaml', () => {
  const write = (text: string): void => writeFileSync(join(folder, 'sillage.yaml'), text)

  it('has its value by key, that of the environment first', async () => {
    write('motto: all\nenvironments:\n  dev: { motto: here }\n  prod: {}\n')
    const of = async (environment?: string) => (await findProject(folder, { environment, sections })).sections
    expect(await of()).toEqual({ motto: 'all' })
    expect(await of('dev')).toEqual({ motto: 'here' })
    expect(await of('prod')).toEqual({ motto: 'all' })
  })

  it('is held to its shape there too', async () => {
    write('environments:\n  dev: { motto: 5 }\n')
    const error = await findProject(folder, { sections }).catch((thrown: SillageError) => thrown)
    expect((error as SillageError).diagnostics).toMatchObject([{ code: 'type_wrong', line: 2 }])
  })
})
