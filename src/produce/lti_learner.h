/*
 * Private to std_openltiaccess.c: what happens when somebody comes by the access, and when it is
 * deleted (lti_learner.c).
 */

#ifndef SHOP_PRODUCE_LTI_LEARNER_H
#define SHOP_PRODUCE_LTI_LEARNER_H

#include "produce/operate.h"

extern const shop_step_t shop_lti_action[]; /* actions "launch", "delete" */

#endif
