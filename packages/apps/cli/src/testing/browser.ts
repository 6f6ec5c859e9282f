import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const script = fileURLToPath(new URL('../../../../../tools/browser.mjs', import.meta.url))

/** The browser of this machine, installed where that may be; else why there is none. */
export async function findBrowser(): Promise<{ readonly path: string } | { readonly missing: string }> {
  return await new Promise((done) =>
    execFile(process.execPath, [script], (error, out, err) =>
      done(error ? { missing: err.trim() || error.message } : { path: out.trim() }),
    ),
  )
}

export async function launch(path: string): Promise<Browser> {
  return await chromium.launch({ executablePath: path, args: ['--no-sandbox'] })
}

/** A page that notes what it must not do: errors in its console, and requests to another origin. */
export class WatchedPage {
  readonly page: Page
  readonly errors: string[] = []
  readonly strangers: string[] = []

  private constructor(page: Page, origin: string) {
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(`${message.text()} ${message.location().url}`)
    })
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(origin) && !url.startsWith('blob:')) this.strangers.push(url)
    })
  }

  static async open(
    browser: Browser,
    origin: string,
    options: BrowserContextOptions = {},
  ): Promise<WatchedPage> {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1440, height: 900 },
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    return new WatchedPage(page, origin)
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }
}
