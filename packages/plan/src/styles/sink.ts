import { dirname, resolve as resolveAbsolute } from 'node:path'
import { type SinkPlugin, type Sql, sql } from '@sillage/sdk'
import { userColumns } from '../inputs.ts'
import { type Compiled, commonOf, describe, type StyleFacts } from './common.ts'

/** A step that delivers: what it sends, and the files that it writes. */
export async function compileSink(style: StyleFacts<SinkPlugin>): Promise<Compiled<'sink'>> {
  const { facts } = style
  const payload = style.plugin.payload(facts)
  const columns = userColumns(await describe(style, payload))
  return {
    ...commonOf(style),
    style: 'sink',
    payload: payload.text,
    columns,
    rejects: [],
    stored: undefined,
    files: await filesOf(style, payload, columns),
  }
}

async function filesOf(
  style: StyleFacts<SinkPlugin>,
  payload: Sql,
  columns: Compiled<'sink'>['columns'],
): Promise<Compiled<'sink'>['files']> {
  const { stage, plugin, context, facts } = style
  const folder = dirname(context.pipeline.file)
  const resolve = (path: string): string => resolveAbsolute(folder, path)
  const place = {
    resolve,
    get asOf() {
      return facts.asOf
    },
  }
  const files =
    plugin.files?.({ config: stage.config, payload: sql`(${payload})`, columns, context: place, sql }) ?? []
  for (const { select } of files) await describe(style, select)
  return files.map(({ select, path, format, options = {} }) => ({
    select: select.text,
    path: resolve(path),
    format,
    options,
  }))
}
