"""The starter spec that `petc init` writes, and that the examples of `petc explain` are laid over."""

from __future__ import annotations

STARTER = """\
# yaml-language-server: $schema=petc.schema.json
# That file lets an editor complete and explain; `petc schema > spec/petc.schema.json` writes it again.
# A small system to start from: one service, one database, behind one API. Every line here may be changed;
# `petc explain CODE` says what a message means, `petc schema` what each field is for.
petc: 1
name: shop
description: A shop to start from
tags: {owner: shop-team, cost-centre: "4711"}

network:
  cidr: 10.20.0.0/16
  subnets:                         # one entry per availability zone
    public: [10.20.0.0/24, 10.20.1.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24]
  nat: single                      # per-zone | single | none

databases:
  orders-db:
    schema: orders
    capacity: {min: 0.5, max: 2}   # Aurora capacity units
    user: orders-user              # an application user; `master` would be the managed master user

secrets:
  orders-user: {description: username and password of the application user as JSON}

configuration:                     # Parameter Store, for every service that uses `configuration`
  LOG_FORMAT: json

services:
  orders:
    image: {tag: 1.0.0}
    route: /api/orders             # the prefix is stripped
    health: /health
    scale: {min: 1, max: 2}
    uses:                          # nothing else is reachable
      orders-db: {pool: 5}
      configuration: {}

load_balancer: {scheme: internal}  # behind a VPC link: nothing bypasses the gateway
notifications: {email: [shop-team@example.com]}  # who is told of alarms

stages:
  dev:
    on_delete: discard
    targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}
"""
