"""The text with which a new form begins: short, right, and with a place for everything that must be said."""

TEXT = """id: {id}
version: 1
kind: checklist
title: {zh: 新检查表}
purpose: 写明为什么填、填了给谁看
source: {document: 本院制度, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
subject: department
sections:
  - id: main
    title: 检查内容
    items:
      - {id: first, type: yes_no_na, text: 第一个检查项目, required: true}
"""
