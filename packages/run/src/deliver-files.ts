import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { faultPoint, syncPath } from '@sillage/base'
import type { SinkStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { removeBeside } from '@sillage/store'
import type { RunContext } from './context.ts'
import type { DeliveryResult } from './options.ts'
import { fileReceipt } from './receipts.ts'

/** DuckDB writes each file beside its final name; only a whole and durable file takes the name. */
export async function deliverFiles(step: SinkStep, context: RunContext): Promise<readonly DeliveryResult[]> {
  const results: DeliveryResult[] = []
  for (const [message, file] of step.files.entries()) {
    const partial = `${file.path}.${context.run}.partial`
    mkdirSync(dirname(file.path), { recursive: true })
    removeBeside(file.path, /^\.[\dTa-f-]+\.partial$/)
    try {
      const { Count: rows } = await context.session.row<{ Count: number }>(
        `copy (${file.select}) to ${sql.literal(partial).text} (${copyOptions(file)})`,
      )
      const digest = await hashOf(partial)
      syncPath(partial)
      faultPoint('file.before_rename')
      renameSync(partial, file.path)
      faultPoint('file.after_rename')
      syncPath(dirname(file.path))
      const facts = JSON.stringify({ bytes: statSync(file.path).size, sha256: digest })
      await context.session.run(
        sql`insert or replace into sillage.deliveries values (${step.stage}, ${`${step.stage}:${file.path}`}, ${step.fingerprint}, ${context.run}, ${message}, ${rows}, null, 'sent', 1, ${file.path}, ${facts})`
          .text,
      )
      context.state.append({
        kind: 'receipts',
        pipeline: context.plan.pipeline,
        run: context.run,
        records: [fileReceipt({ step, path: file.path, rows, sha256: digest, context })],
      })
      results.push({ stage: step.stage, destination: file.path, rows, status: 'sent' })
    } finally {
      rmSync(partial, { force: true })
    }
  }
  return results
}

function copyOptions({ format, options }: SinkStep['files'][number]): string {
  return [
    `format ${format}`,
    ...Object.entries(options).map(([name, value]) => `${name} ${sql.literal(value).text}`),
  ].join(', ')
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
