"""Chapters 2 and 3: what a class teacher does for a class, written down once and counted wherever it should.

    models.records      the spine: one table for every dated piece of work, its people, tags, notes and files
    kinds               what the kinds are: declared once, they drive form, list, page, checklist, figures and handbook
    models.attendance   roll calls and leave slips       models.exams      courses, sessions, registrations, results
    models.fees         what students owe, phones        models.tasks      tasks, meetings, plans and summaries
    models.students     posts, special students, graduating classes        models.following  targets, reminders
    figures             every rate of section 5, pure: fractions, 无数据, targets
    measures            the counts behind the figures, in a fixed number of queries
    checklist           the term's list: data, due dates, what ticks it
    attention           students to look after now, and why

Texts about single students are confidential: `policies.reading` decides who reads which, for pages, lists and files.
"""
