/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findBrowser, launch, WatchedPage } from './testing/browser.ts'
import { slowWait } from './testing/own-plugin.ts'
import { findFaults } from './testing/page-checks.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const found = await findBrowser()
const missing = 'missing' in found ? found.missing : undefined
const orMissing = missing === undefined ? '' : ` (skipped: ${missing})`
if (missing !== undefined) process.stderr.write(`browser tests are skipped: ${missing}\n`)

/** Waits until something that is looked at becomes as expected. */
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 })

const slow = `pipeline: slow
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  slow: { uses: enrich/slow, from: raw, with: { rounds: 100000000000 } }
marts: { m: { from: slow, key: [id] } }
`

describe.skipIf(missing !== undefined)(`the page in a browser${orMissing}`, () => {
  const project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/slow.ts': slowWait,
    'orders.csv': shopOrders,
    'pipeline.yaml': `${shopPipeline()}schedule: "0 6 * * 1-5 Europe/Paris"\n`,
    'a.csv': 'id,b\n1,x\n2,yy\n',
    'slow.yaml': slow,
    'strict.yaml': shopPipeline()
      .replace('pipeline: shop', 'pipeline: strict')
      .replace('from: raw\n', 'from: raw\n    expect: [{ rejected: { max_share: 0.1 } }]\n'),
    'broken.yaml': 'pipeline: broken\nstages:\n  a: { uses: collect/cvs }\n',
  })
  let server: Served
  let browser: Browser
  let watched: WatchedPage
  let page: Page
  const open = async (hash = '#/', options = {}): Promise<void> => {
    watched = await WatchedPage.open(browser, server.address, options)
    page = watched.page
    await page.goto(`${server.address}/${hash}`)
  }
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const runOf = (status: string) => page.locator('.run-head .badge', { hasText: status })
  const runs = async () =>
    ((await server.ask('/api/v1/runs?pipeline=shop')).json() as { runs: readonly { run: string }[] }).runs

  beforeAll(async () => {
    server = await Served.start(project)
    browser = await launch('path' in found ? found.path : '')
  })
  afterEach(async () => {
    expect(watched.errors).toEqual([])
    expect(watched.strangers).toEqual([])
    await watched.close()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    project[Symbol.dispose]()
  })

  it('a run is started from the list, watched to its end, and drawn', async () => {
    await open()
    const card = page.locator('.card', { hasText: 'shop' })
    await soon(() => card.textContent()).toContain('0 6 * * 1-5 Europe/Paris')
    await card.getByRole('button', { name: 'Run: shop', exact: true }).click()
    await runOf('succeeded').waitFor()
    await soon(() => page.locator('.graph .node.tone-good').count()).toBe(9)
    const drawn = await page.locator('.graph svg').textContent()
    for (const name of ['raw', 'lines', 'segmented', 'customers', 'published table', 'done · refused 1'])
      expect(drawn).toContain(name)
    expect(await page.locator('.graph .line text').allTextContents()).toEqual(
      expect.arrayContaining(['6', '5', '4']),
    )
    const row = page.getByRole('row', { name: /lines/ }).first()
    expect(await row.getByRole('cell').allTextContents()).toEqual(
      expect.arrayContaining(['done', '6', '5', '1', 'raw', 'clean/contract']),
    )
    expect(await page.locator('[role=status]').allTextContents()).toContain('The run ended: succeeded')
    await page.getByRole('button', { name: 'Show the stage lines' }).click()
    await expect
      .poll(() => page.getByRole('region', { name: 'Stage lines' }).textContent())
      .toContain('personal')
  })

  it('who looks for it finds why rows were refused, and which', async () => {
    await open('#/pipeline/shop')
    await page.getByRole('link', { name: /1: Why rows were refused/ }).click()
    await heading(/lines: 1 of 6 rows refused/).waitFor()
    expect(await page.locator('main').textContent()).toContain('not_decimal')
    await page.getByText('Show rows as they came').click()
    const samples = await page.locator('details').textContent()
    expect(samples).toContain('orders.csv:4')
    expect(samples).toContain('minus')
    expect(await page.locator('.values .marked').textContent()).toContain('minus')
  })

  it('a table is previewed, sorted, filtered, and Back undoes it; a filter that cannot be read is said', async () => {
    await open('#/pipeline/shop/tables')
    await page.getByRole('link', { name: 'customers' }).click()
    const cells = (column: number) => page.locator(`.grid tbody td:nth-child(${column})`).allTextContents()
    await soon(async () => (await cells(2)).toSorted()).toEqual(['12583', '13047', '17850', '17851'])
    await page.getByRole('button', { name: 'Sort by customer_id' }).click()
    await soon(() => cells(2)).toEqual(['12583', '13047', '17850', '17851'])
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toBe('customer_id')
    await page.getByLabel('Filter').fill("segment = 'big' or email ilike 'ann%'")
    await page.keyboard.press('Enter')
    await soon(() => cells(2)).toEqual(['12583', '17851'])
    await page.goBack()
    await soon(() => cells(2)).toHaveLength(4)
    expect(await page.locator('main').textContent()).toContain('Personal columns are shown')
    expect(await page.getByRole('table', { name: 'Columns of customers' }).textContent()).toContain('segment')
    const save = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    expect((await save).suggestedFilename()).toBe('customers.csv')
    await page.getByLabel('Filter').fill('segment = (select 1)')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(
      /cannot be read at character \d+.*filter_invalid/s,
    )
    watched.errors.length = 0
  })

  it('after a run that changed something, who moved is shown', async () => {
    project.write(
      'orders.csv',
      shopOrders.replace('4,13047,bob@mail.example,20.00', '4,13047,bob@mail.example,400.00'),
    )
    await open('#/pipeline/shop/changes')
    await page.getByText('There is no earlier version to compare with.').waitFor()
    await page.getByRole('button', { name: 'Run again: shop' }).click()
    await page.getByText('1 moved, 3 stayed, 0 entered, 0 left').waitFor()
    const matrix = page.getByRole('table', { name: 'segment: from (down) to (across)' })
    expect(await matrix.getByRole('row', { name: /small/ }).getByRole('cell').allTextContents()).toEqual([
      '1',
      '·',
      '1',
    ])
    const sizes = page.getByRole('table', { name: 'segment in customers' })
    expect(await sizes.getByRole('row', { name: /big/ }).textContent()).toContain('50%')
  })

  it('a run that fails says why, and which rows it refused; a pipeline that is invalid says where', async () => {
    await open('#/pipeline/strict')
    await page.getByRole('button', { name: 'Run: strict', exact: true }).click()
    await runOf('failed').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/lines.*→.*too_many_rejects/s)
    await page.locator('.graph .node.tone-bad', { hasText: 'lines' }).waitFor()
    expect(await findFaults(page)).toEqual([])
    await page.getByRole('link', { name: /1: Why rows were refused/ }).click()
    await heading(/lines: 1 of 6 rows refused/).waitFor()
    expect(watched.errors).toEqual([])
    await page.goto(`${server.address}/#/pipeline/broken`)
    await page.getByRole('alert').waitFor()
    const told = await page.getByRole('alert').textContent()
    for (const part of ['broken.yaml:3:14', 'plugin_unknown', 'collect/csv', 'invalid'])
      expect(told).toContain(part)
    watched.errors.length = 0
  })

  it('a dry run publishes nothing, and is told as such', async () => {
    await open('#/pipeline/shop')
    await runOf('succeeded').waitFor()
    const before = (await runs()).length
    await page.getByRole('button', { name: 'Dry run: shop' }).click()
    await soon(async () => (await runs()).length).toBe(before + 1)
    await runOf('succeeded').waitFor()
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByText('a part, or a dry run: nothing was published').waitFor()
  })

  it('the language is changed and stays; a browser in French begins in French', async () => {
    await open('#/pipeline/shop/tables')
    await page.getByLabel('Language').selectOption('fr')
    await heading('Tables publiées').waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr')
    await page.reload()
    await heading('Tables publiées').waitFor()
    await watched.close()
    await open('#/', { locale: 'fr-FR' })
    await page.getByRole('button', { name: 'Exécuter: shop' }).waitFor()
  })

  it('all is reached by keyboard alone: the run is started, and the place of the focus is seen', async () => {
    await open()
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    const tabTo = async (name: string): Promise<void> => {
      for (let step = 0; step < 60; step += 1) {
        await page.keyboard.press('Tab')
        if ((await focused()).trim() === name) return
      }
      throw new Error(`${name} is not reached by keyboard`)
    }
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
    await tabTo('shop')
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
    expect(outline).toBe('solid')
    await page.keyboard.press('Enter')
    await heading('shop').waitFor()
    const before = (await runs()).length
    await tabTo('Run again')
    await page.keyboard.press('Enter')
    await soon(async () => (await runs()).length).toBe(before + 1)
    // Of this run, not of the one before: its buttons come and go, and the focus with them.
    await heading((await runs())[0]!.run).waitFor()
    await runOf('succeeded').waitFor()
    await tabTo('Full refresh')
    await page.keyboard.press('Enter')
    await tabTo('No')
    await page.keyboard.press('Enter')
  })

  it('a run that goes on is shown live, goes on being shown after the server came back, and is cancelled', async () => {
    await open('#/pipeline/slow')
    await page.getByRole('button', { name: 'Run: slow', exact: true }).click()
    await runOf('running').waitFor()
    await page.locator('.graph .node.tone-busy', { hasText: 'slow' }).waitFor()
    await soon(() => page.locator('.now').textContent()).toContain('slow is running')
    expect(await page.locator('progress').getAttribute('max')).toBe('2')
    const { port } = new URL(server.address)
    await server.stop('SIGKILL')
    await page.getByText('The connection is lost').waitFor()
    server = await Served.start(project, { args: ['--port', port] })
    await page.getByText('The connection is lost').waitFor({ state: 'detached' })
    await runOf('running').waitFor()
    // This server did not start the run, and never planned the pipeline.
    await page.reload()
    await page.getByText('This run was started elsewhere').waitFor()
    await page.locator('.graph .node.tone-busy', { hasText: 'slow' }).waitFor()
    expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0)
    const [run] = (
      (await server.ask('/api/v1/runs?status=running')).json() as { runs: readonly { pid: number }[] }
    ).runs
    process.kill(run!.pid, 'SIGINT')
    await runOf('interrupted').waitFor()
    await page.getByRole('button', { name: 'Run again: slow' }).click()
    await runOf('running').waitFor()
    await page.getByRole('button', { name: 'Cancel the run' }).click()
    await runOf('interrupted').waitFor()
    watched.errors.length = 0
  })

  it.each([
    [400, 'light', 'en-GB'],
    [400, 'dark', 'fr-FR'],
    [1440, 'light', 'fr-FR'],
    [1440, 'dark', 'en-GB'],
  ] as const)(
    'at %i px, %s, %s, nothing sticks out, all has names and contrast',
    async (width, colorScheme, locale) => {
      const [{ run }] = (await runs()) as [{ run: string }]
      await open('#/', { viewport: { width, height: 800 }, colorScheme, locale })
      for (const hash of [
        '#/',
        '#/pipeline/shop',
        '#/pipeline/shop/runs',
        '#/pipeline/shop/refused',
        '#/pipeline/shop/tables:customers',
        '#/pipeline/shop/changes',
        `#/run/${run}`,
        '#/nowhere',
      ]) {
        await page.goto(`${server.address}/${hash}`)
        await page.waitForLoadState('networkidle')
        await soon(() => page.locator('.loading').count()).toBe(0)
        if (hash.includes('refused')) await page.locator('summary').first().click()
        expect(await findFaults(page), hash).toEqual([])
      }
    },
  )

  it('the checks of a page see what is wrong with it', async () => {
    await open('#/pipeline/shop')
    await runOf('succeeded').waitFor()
    expect(await findFaults(page)).toEqual([])
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--soft', '#dddddd')
      document.querySelector('.main')!.replaceChildren()
      document.querySelector('.main')!.removeAttribute('aria-label')
      document.querySelector('h2')!.replaceWith(document.createElement('h4'))
      document.querySelector('caption')!.remove()
      document.querySelector('main')!.append(document.createElement('input'))
      const wide = document.createElement('div')
      wide.style.width = '3000px'
      wide.style.height = '1px'
      wide.id = 'page'
      document.querySelector('main')!.append(wide)
    })
    const faults = (await findFaults(page)).join('\n')
    for (const part of [
      'wide in a window',
      'contrast 1.',
      'an action without',
      'level 4 follows',
      'without a caption',
      'a field without',
      'id page is there twice',
    ])
      expect(faults).toContain(part)
  })

  it('nothing moves for who asked for that', async () => {
    await open('#/pipeline/shop', { reducedMotion: 'reduce' })
    await runOf('succeeded').waitFor()
    const moving = await page.evaluate(() => document.getAnimations().length)
    expect(moving).toBe(0)
  })
})

describe.skipIf(missing !== undefined)(`the page of a server with tokens${orMissing}`, () => {
  const operate = 'a-token-that-may-operate'
  const read = 'a-token-that-only-reads'
  const project = new TestProject({
    'orders.csv': shopOrders,
    'pipeline.yaml': shopPipeline(),
    operate,
    read,
  })
  let server: Served
  let browser: Browser

  beforeAll(async () => {
    expect((await project.run(['run'])).exit).toBe(0)
    server = await Served.start(project, { args: ['--token-file', 'operate', '--read-token-file', 'read'] })
    browser = await launch('path' in found ? found.path : '')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    project[Symbol.dispose]()
  })

  it('asks for one, keeps it in the tab alone, and says what a reader may not', async () => {
    const watched = await WatchedPage.open(browser, server.address)
    const { page } = watched
    await page.goto(`${server.address}/#/pipeline/shop/tables:customers`)
    await page.getByLabel('Token').fill('not-the-right-token')
    expect(await findFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText('This token is not taken.').waitFor()
    await page.getByLabel('Token').fill(read)
    await page.keyboard.press('Enter')
    await page.getByText('Personal columns are left empty for who only reads: email.').waitFor()
    expect(await page.locator('main').textContent()).not.toContain('@')
    expect(await page.getByRole('button', { name: 'Run again: shop' }).isDisabled()).toBe(true)
    await page.goto(`${server.address}/#/pipeline/shop/refused`)
    await page.getByText('they are shown with the token that may operate').waitFor()
    const kept = await page.evaluate(() => [
      JSON.stringify(sessionStorage),
      JSON.stringify(localStorage),
      location.href,
    ])
    expect(kept.map((text) => text.includes(read))).toEqual([true, false, false])
    await page.evaluate(() => sessionStorage.setItem('sillage.token', 'a-token-that-was-taken-back'))
    await page.getByText('This token is not taken.').waitFor()
    await page.getByLabel('Token').fill(read)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Forget the token' }).click()
    await page.getByLabel('Token').fill(operate)
    await page.keyboard.press('Enter')
    await page.getByText('Show rows as they came').waitFor()
    expect(watched.strangers).toEqual([])
    await watched.close()
  })
})
