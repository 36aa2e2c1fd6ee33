"""What would stop a deployment in a target, found by look-ups that write nothing, before the first step.

    planned resources -> checks, each with its look-ups -> findings beside the plan

A check is a function in `petc.deploy.preflight.table`. It reads what the templates plan for one target and asks AWS
through `Lookups`; `petc.deploy.aws.preflight_lookups` answers. Findings stand beside the plan and are no part of
its digest: the world may change between a plan and its execution, and then the deployment asks again.
"""
