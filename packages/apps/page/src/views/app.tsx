import { useEffect, useRef } from 'preact/hooks'
import { sessionPath } from '../api/client.ts'
import type { Session } from '../api/documents.ts'
import { onRefusedToken } from '../api/token.ts'
import { useResource } from '../api/use-resource.ts'
import { Loading, ProblemBox } from '../parts/told.tsx'
import { type Address, useAddress } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { Header } from './header.tsx'
import { PipelineView } from './pipeline.tsx'
import { Pipelines } from './pipelines.tsx'
import { RunPage } from './run-page.tsx'
import { TokenForm } from './token-form.tsx'

/** The whole page: its head, and what the address says below. */
export function App() {
  const { say } = useSpeech()
  const address = useAddress()
  const session = useResource<Session>(sessionPath)
  useEffect(() => onRefusedToken(session.reload), [session.reload])
  const main = useFocusOnMove(address)
  const locked = session.problem?.status === 401 || session.problem?.status === 429
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {say('page.skip')}
      </button>
      <Header route={address.route} session={session.value} />
      <main ref={main} tabIndex={-1}>
        {locked && <TokenForm problem={session.problem} />}
        {!locked && session.problem && <ProblemBox problem={session.problem} again={session.reload} />}
        {session.value ? (
          <Shown address={address} session={session.value} />
        ) : (
          !session.problem && <Loading />
        )}
      </main>
    </>
  )
}

function Shown({ address, session }: { readonly address: Address; readonly session: Session }) {
  const { say } = useSpeech()
  const { route } = address
  const mayOperate = session.role === 'operate'
  switch (route.kind) {
    case 'pipelines':
      return <Pipelines mayOperate={mayOperate} />
    case 'pipeline':
      return <PipelineView key={route.pipeline} route={route} query={address.query} mayOperate={mayOperate} />
    case 'run':
      return <RunPage key={route.run} run={route.run} mayOperate={mayOperate} />
    case 'unknown':
      return (
        <>
          <h1>{say('page.unknown')}</h1>
          <p>
            <a href="#/">{say('page.home')}</a>
          </p>
        </>
      )
    default:
      return route satisfies never
  }
}

/** After a link was followed, reading goes on at the top of what it shows. */
function useFocusOnMove({ route }: Address) {
  const main = useRef<HTMLElement>(null)
  const place = JSON.stringify(route)
  const before = useRef(place)
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    main.current?.focus({ preventScroll: true })
    scrollTo({ top: 0 })
  }, [place])
  return main
}
