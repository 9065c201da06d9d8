// The review desk: pages change in place, keys choose and send. Enhancement only: every page works without it.
const one = (s, r = document) => r.querySelector(s)
const all = (s, r = document) => [...r.querySelectorAll(s)]
const live = document.createElement('p')
live.className = 'vh'
live.setAttribute('role', 'status')
document.body.append(live)
let latest = 0

const ours = url => url.origin === location.origin && url.pathname.startsWith('/review/') && !/\/files\/[^/]+\/?$/.test(url.pathname)

// A phrase chosen goes into the text of the decision that is chosen.
addEventListener('change', e => {
  if (!e.target.matches('[data-phrases]')) return
  const chosen = one('#decide-form [name=action]:checked')?.value
  const text = chosen && ['reason', 'note', 'opinion'].map(name => one(`[name="${chosen}-${name}"]`)).find(Boolean)
  if (!text || !e.target.value) return
  text.value = (text.value ? text.value.replace(/\s*$/, '\n') : '') + e.target.value
  e.target.selectedIndex = 0
  text.focus()
})

// The panel stays in view while the page scrolls; one taller than the window stays with its lower end.
const panel = new ResizeObserver(() => {
  const it = one('.case .sticky')
  if (!it) return
  it.classList.add('stays')
  it.style.top = `${Math.min(8, innerHeight - it.offsetHeight - 8)}px`
})
const arrived = () => {
  all('[data-print]').forEach(it => { it.hidden = false; it.onclick = () => print() })
  panel.disconnect()
  all('.case .sticky').forEach(it => panel.observe(it))
}

const focus = hash => {
  const target = one('.errs') || (hash && document.getElementById(hash.slice(1))) || one('main h1')
  if (!target) return
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1
  target.focus({ preventScroll: true })
  if (hash || target.matches('.errs')) target.scrollIntoView()
  else scrollTo(0, 0)
}

// Whether a page needs scripts or styles that are not here: those of another release, or its own.
const needs = page => all('script[src], link[rel=stylesheet]', page).map(it => it.src || it.href)
const foreign = page => one('[data-live]', page) || needs(page).some(name => !needs(document).includes(name))

// Puts the answer in the place of the page; anything but a page of the desk is loaded as usual.
const place = async (answer, push, fallback, posted) => {
  const html = answer.headers.get('content-type')?.startsWith('text/html') && await answer.text()
  const url = new URL(answer.url)
  const page = html && new DOMParser().parseFromString(html, 'text/html')
  if (!page || !one('body.staff', page) || !ours(url) || foreign(page)) return fallback(url, true)
  for (const part of ['main', '.crumbs', '.nav']) {
    const old = one(part), fresh = one(part, page)
    if (old && fresh) old.replaceWith(document.adoptNode(fresh))
    else if (old && part === '.crumbs') old.remove()
    else if (fresh && part === '.crumbs') one('main').before(document.adoptNode(fresh))
  }
  document.title = page.title
  if (push && (answer.redirected || !posted)) history.pushState({}, '', url)
  shown = where()
  arrived()
  focus(url.hash)
  live.textContent = one('.errs, [role=status] .note')?.textContent.trim() || page.title
}

const go = async (url, options, push, fallback) => {
  const mine = ++latest
  document.body.classList.add('busy')
  one('#offline').hidden = true
  try {
    const answer = await fetch(url, { credentials: 'same-origin', ...options })
    if (mine === latest) await place(answer, push, fallback, options.method)
  } catch {
    if (mine === latest) fallback(new URL(url, location))
  } finally {
    if (mine === latest) document.body.classList.remove('busy')
  }
}

// Nothing was sent: the page stays as it is, with what was typed.
const failed = button => {
  button?.removeAttribute('aria-disabled')
  one('#offline').hidden = false
  scrollTo(0, 0)
}

addEventListener('click', e => {
  const link = e.target.closest?.('a[href]')
  if (!link || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || link.target) return
  const url = new URL(link.href)
  const field = link.closest('.errs') && document.getElementById(url.hash.slice(1))
  if (field) {
    e.preventDefault()
    field.focus({ preventScroll: true })
    return (field.closest('.f') || field).scrollIntoView()
  }
  if (!ours(url) || (url.pathname === location.pathname && url.search === location.search && url.hash)) return
  e.preventDefault()
  go(url, {}, true, to => location.assign(to))
})

addEventListener('submit', e => {
  const form = e.target, button = e.submitter
  const url = new URL(form.getAttribute('action'), location) // a control named "action" hides form.action
  if (button?.getAttribute('aria-disabled')) return e.preventDefault()
  if (e.defaultPrevented || !ours(url) || form.getAttribute('enctype')) return
  e.preventDefault()
  const data = new URLSearchParams(new FormData(form, button))
  if (form.getAttribute('method') === 'get') return go(Object.assign(url, { search: data }), {}, true, to => location.assign(to))
  button?.setAttribute('aria-disabled', 'true')
  go(url, { method: 'POST', body: data }, true, (to, reached) => reached ? location.assign(to) : failed(button))
})

// A jump within the page is a step in history too, but nothing to fetch: what was typed stays.
const where = () => location.pathname + location.search
let shown = where()
addEventListener('popstate', () => {
  if (where() !== shown) go(location.href, {}, false, () => location.reload())
})

const press = selector => () => { const it = one(selector); it?.focus(); it?.click(); return it }
const keys = {
  KeyN: press('main [rel=next]'), KeyP: press('main [rel=prev]'), KeyS: press('#decide-form [value=next]'),
  KeyQ: press('.crumbs a'), KeyC: () => press('[value=claim] ~ .btn')() || press('.head form .btn')(),
  KeyM: () => { const it = one('#s-note'); it?.focus(); return it },
  KeyK: () => { const it = one('.keys'); if (it) { it.open = !it.open; one('summary', it).focus() } return it },
}
addEventListener('keydown', e => {
  if (!e.altKey || e.ctrlKey || e.metaKey) return
  const digit = /^Digit([1-9])$/.exec(e.code)
  const radio = digit && all('#decide-form [name=action]')[digit[1] - 1]
  if (radio) { const rare = radio.closest('details'); if (rare) rare.open = true; radio.focus(); radio.click() }
  if (radio || keys[e.code]?.()) e.preventDefault()
})
arrived()
one('.errs')?.focus()
