"""What every page stands on: base views, frame, includes, template tags, error pages, search, start page, health.

Pages. `views.RolePage` (role or 404) <- `views.DetailPage` (one visible thing or 404), `listing.ListPage` (scope, filter,
order, pages, export of the same rows), `actions.FormPage` (one POST, one service, once), `actions.ActionPage` (says what
will happen, then does it), and the last two about one thing: `actions.ObjectFormPage`, `actions.ObjectActionPage`.
Services raise `errors.UserError`, `NotAllowed`, `StaleError`; pages show them. `policy.Decision` is a policy's answer.

Frame. Templates extend `base.html` with the blocks title, heading, actions, content, scripts. `web/form.html` and
`web/confirm.html` are the usual pages of forms and actions, with blocks before and after.

Includes (each names its context in its first line):
    _form.html            form with error summary, token against sending twice, drafts
    _form_errors.html     the summary alone, for forms of another shape
    _confirm.html         what will happen, reason, button, way out
    _filter_bar.html      filters, order, export button of a list
    _pagination.html      pages, page size, count
    _status_badge.html    colour, icon, word (tags `status`, `badge`)
    _message.html         icon, word, text
    _empty.html           nothing here, and what to do
    _stat.html            a number with its explanation, in `<div class="stats">`
    _disabled_action.html a button, or the reason why not (Decision)
    _history.html         who, when, what, why
    _timeline.html        events in time
    _steps.html           where a thing stands on its way
    _panel.html           a card of the start page
    _posted.html          what the person had typed, to copy
    _icon.html            a picture from the sprite (tag `icon`)

Classes for markup of one's own: `card`, `stack`, `columns`, `facts` (dl of label and value), `plain-list`,
`filter-links`, `explain` (details that open into a `formula`), `needs-width` (page without a width limit), `no-print`;
`table-wrap` around `table table-cards` with `data-label` on every cell (cards on a phone; the row's first `th` is the
card's title), in it `num`, `actions`, `cell-text` (a sentence, read from the left); `table-sticky` (first column stays).

Registries that higher apps fill in `AppConfig.ready`: `home.register_panel`, `search.register`, `status.declare`.
"""
