// Enhancement only; loaded as type=module, so old browsers never fetch it.
const one = (s, r = document) => r.querySelector(s)
const all = (s, r = document) => [...r.querySelectorAll(s)]

// Errors: focus the summary; a link in it focuses the field with its label in view.
one('.errs')?.focus()
all('.errs a').forEach(a => a.addEventListener('click', e => {
  const field = document.getElementById(a.hash.slice(1))
  if (!field) return
  e.preventDefault()
  field.focus({ preventScroll: true })
  ;(field.closest('.f,.slot') || field).scrollIntoView()
}))

// A second press of the same button within four seconds is not a second request.
all('form[method=post]').forEach(form => form.addEventListener('submit', e => {
  if (form.dataset.sent) return e.preventDefault()
  form.dataset.sent = 1
  setTimeout(() => delete form.dataset.sent, 4000)
}))
addEventListener('pageshow', () => all('form[data-sent]').forEach(form => delete form.dataset.sent))

// Files: refuse what is too big before it travels, upload the rest as soon as it is chosen.
all('input[type=file][data-max]').forEach(input => input.addEventListener('change', () => {
  const file = input.files[0], live = document.getElementById(input.id + '-live')
  if (!file) return
  if (file.size > input.dataset.max * 1048576) {
    live.textContent = input.dataset.big
    input.value = ''
    return
  }
  live.textContent = `${file.name} ${input.dataset.busy}`
  if (input.form.requestSubmit) input.form.requestSubmit(one('[value=upload]', input.form))
}))

all('[data-print]').forEach(button => {
  button.hidden = false
  button.addEventListener('click', () => print())
})
