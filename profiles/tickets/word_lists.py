"""Words that tickets may leave behind, words that tell nothing, and given names."""

from __future__ import annotations

from functools import lru_cache

from .reading import words_of

#: What teachers do, where, and with what, beside the names of skills and tools.
GENERAL_WORDS = """
accept account across activity actual add address adjust admin afternoon alarm align allow alone
alphabet already alternate angle animation annotation announcement answer anymore app appear
appointment approve archive arrange arrow article assess assessment assign assignment attach
attachment attempt audience audio auto automatic available avatar average away back background
backup badge bank bar battery beep beginning bell big bilingual binder black blank block blog blue
blur board body bold book booking bookmark boost boot border both box braille branch break
breakout brief bright broadcast broken browser bubble bulk bulletin button cable calculate
calculation calculator calendar call camera cancel capital caption card caregiver cart cast
category cell center certificate change channel chapter charge charger chart chat cheat check
checklist checkout choice choose circle citation cite claim class clear click climate clip clock
close cloud code coding collaborate collage collect color column combine comic comma comment
communicate communication compare complete compress computer conference confirm connect connection
consent contact contain content contrast control convert copied copier copy correct counselor
count course cover crash create credit crop curriculum curve cut cyber daily dark dashboard data
database date deadline debate decimal deck decode default delete deleted deliver demo deny
department describe design desk desktop detect detector device diagram dial dictate dictionary
different digit digital dim disable disappear discuss discussion disk display distract district
divide document domain done dot double download draft drag draw drawing drill drive drop due
duplex duplicate earbud early earphone echo edge edit editing editor effect effort electronic
element email embed empty enable english enlarge enroll enter entry envelope equal equation erase
error essay evaluate event evidence exam example excel except excuse exempt expand expire explain
explore export extend extension extra eye face fact factor fake false family fast feature feedback
field figure file fill film filter final find finger finish firewall fix flag flash flashcard flip
flow focus folder follow font footer force forget forgot form format formula forum forward
fraction frame fraud free freeze french front frozen full function gallery game gap general genre
geometry give glossary goal goggles google grade grader grading grammar graph graphic green grid
group growth guardian guest guide guideline half hall hand handout handwriting hard hashtag hdmi
heading headphone headset hear help hidden hide highlight history hold homepage homeroom homework
honest horizontal hotspot hour hover hyperlink icon identify ignore illustrate image import
improve inbox include incomplete indent index individual ink input insert inspect install
instruction integrate interactive internet interpreter interview invert invitation invite item
join journal judge justify keep key keyboard kick kindergarten kiosk know lab label lag language
laptop large last late launch layout leader lecture left lesson letter level librarian library
license light limit line link list listen literacy live load lock locked log login logo loop lose
lost loud low lunch magnify mail mailing main make manage manual map margin mark marked marker
marking match material math matrix maximum mean measure measurement media meet meeting member
memory menu merge message meter mic microphone middle minute mirror misinformation miss missing
mistake mix mobile mode model moderate modify module monitor morning mouse move movie multiple
music mute name narrate narrative native navigate negative network new news newsletter next night
noise none note notebook notice notification number numeric observe office offline online open
option orange order organize orientation original other outbox outline output outside overdue
overlay overwrite own owner page paint pair panel paper paragraph parent parenthesis parse part
partner password paste path pause pdf pen pencil percent percentage period permission phone photo
photocopy phrase picture pin pink plagiarism plan planner planning play player playlist plot plug
podcast point pointer poll pop popup portal portrait post poster pound practice predict prep
present presentation preview previous principal print printing private probability problem process
proctor profile progress project projector prompt pronounce proofread property protect protractor
public publish pull purple push put puzzle quarter query question questionnaire queue quick quiet
quiz quote rainbow random rate ratio raw read reader reading receive recipient record recording
recover recycle red redirect redo reference refresh register reject release reload remember remind
reminder remote remove rename repeat replace reply report repository request required rerun
research reset resize resource respond response restart restore restrict restricted resubmit
result retake return reuse review revise revision rewind right roll room root roster rotate round
row rule ruler safe same save scale scan scanner scatter scene schedule school science scope score
scoring screen screenshot script scroll seal search seat seating secret section secure see seek
select self semester send sensor sent sentence separate sequence series set setting setup shape
share shared sheet shortcut show shrink shut side sign signature silent simulation simulator
single site size sketch skip slide slideshow slip slot slow small smart snippet social software
solve sort sound source space spam spanish speak speaker special speech speed spell spelling spin
split spotlight spreadsheet square stack staff stamp standard star start state statistic step
sticker sticky stop storage store story storyboard storytelling stream strike string stuck student
style stylus subject submission submit subscribe substitute subtitle suggest suggestion sum
summary supply support survey suspend suspicious swap swipe switch syllabus symbol sync
synchronize system tab table tablet tag take tap tardy target task teach teacher team temperature
template term test testing text textbook theme thermometer thumbnail ticket tile time timeline
timer timestamp title today toggle tool toolbar topic total touch track tracker trailer train
transcript transfer transition translate translation translator transparent trash trend trick trim
true turn tutor tutorial type typing unable unblock undo unit unlock unmute unpublish unread
unsubmit unzip update upload upside url user username usual vector verify version vertical video
view viewer virtual virus visible visit vocabulary voice volume vote walkthrough wall wallpaper
warm warning watch watermark wave weak web webcam webinar webpage website week weekly weight
weighted white whiteboard wide widget width wifi window wire wireless wizard word work worksheet
workshop wrap write writing wrong year yearbook yellow zero zip zoom
"""

#: Words of categories that stand on no other list: what help desks serve, and who makes it.
HELP_DESK_WORDS = """
access account accounts acer act active adapter add addon administration administrator adobe aeries
airplay algebra all alumni android announcement api app apple application apps archive arts
assessment asset assistance assistive asus attendance audio audit auditorium authentication av avid
backpack backup badge battery bell benchmark biology blackbaud blackboard blocked blocksi bluetooth
board brightspace broken browser budget bug building bulb bus byod cable cafeteria calendar calling
camcorder camera campus canon canva canvas card cart casting catalog center central change charger
charging check checkout chemistry chrome chromebook chromebox chromecast cisco classlink classroom
classwork cleaning clever clevertouch clock closing cloud coach cold community complaint compliance
configuration connected connecting connectivity consultation consumable contractor cooling
coordinator copier copilot cord counselor cracked critical curriculum custodial damaged data
database dead defective delivery dell desmos device devices digital directory display disposal
district doc dock document domain dongle door drama drive drop edpuzzle education ela electrical
elementary emergency employee ems end endpoint english environment epson ereader error ethernet
evaluation event exam excel export extension facilities facility failure family faulty fax feedback
fi filter filtering finance firmware fob form frontline furniture general genesis geography gmail
goguardian google grade gradebook grading grounds guest gym hardware hdmi headphones headset health
heating help helpdesk high history hot hp hr hub hvac id idea identity iep ifp import in inbox
incident incidentiq infinite informed infrastructure ink inquiry installation installing instruction
instructional insurance integration intercom interface intermediate internet intune inventory
invoice ios ipad iphone ipod issue ixl jam jamf junior junk kahoot kami keyboard keycard
kindergarten kiosk kitchen lab label laminator lamp language laptop laserjet learn learning lease
legal lenovo library license licensing lighting lightspeed linux liquid listserv lms loading loaner
lock locked logging login logitech loose loss lost low mac macbook mailbox maintenance major
malfunctioning malware management mandatory map mapping math mathematics mdm media medium messaging
mfa microphone microsoft middle minor mirroring misc miscellaneous missing monitor mosyle mount
mouse move music nearpod netbook new newline newsela no noisy non normal not nurse nwea off office
okta old on onboarding onedrive oneroster online ons opening order other out outlet outlook pad
paint panel paper papercut paraprofessional parent parentsquare parts password payable payment
payroll pc peardeck pen peripheral permission phishing phone physical physics pickup platform
plotter plugin plumbing point polycom port portal poster power powering powerpoint powerschool
powerteacher preschool principal printer printing priority privacy problem procurement project
projecting projector promethean psat psychologist pupil purchase purchasing question radio raptor
reading receivable recording records recovery recycling refund relocation remote renaissance renewal
rental repair replacement reporting request resource responding retention return ricoh role
rostering router safety samsung sat savvas scam scanner scanning scheduling school schoology screen
secondary secretary security seesaw senior server service setup severity sharepoint sharing sharp
sheet shipping signing sis skyward slide slow smartboard social software sound spam speaker
specialist sped spill spreadsheet sso staar staff standard starting state stolen storage streaming
stuck student studies stylus subscription substitute suggestion suite supply support surface surplus
suspicious switch sync syncing synergy system task teaching teams tech technical technician
technology telephone telephony testing thin toner touch trackpad training transportation tray
turning unblock unknown updating upgrade urgent usb user vandalism vendor video viewsonic vip virus
visitor visual vlan voicemail voip vpn walkie wall warehouse warranty water web webcam website wi
wifi windows wire wireless wiring word working workroom workshop workspace writing xerox zoom
"""

#: Given names are no news of a skill, whoever has them; some are words of other texts as well.
GIVEN_NAMES = """
aaron abby abigail adam alan albert alex alexander alexis alice alicia allison amanda amber amelia
amy ana andrea andrew angel angela anita ann anna anne annie anthony april archer aria art arthur
ashley aubrey audrey aurora austin autumn ava bailey barbara beau ben benjamin beth betty beverly
bill billy blake bob bobby brad bradley brandon brenda brian brittany brook brooke bruce bryan
caleb calvin cameron carl carla carlos carmen carol caroline carter casey catherine chad charity
charles charlie charlotte chase chelsea cherry chip chloe chris christian christina christine
christopher claire clara clay cody colin colton connor cooper corey courtney craig crystal curtis
cynthia daisy dale dallas daniel danielle danny darren dave david dawn dean deborah debra denise
dennis derek destiny diana diane diego dollar dominic don donald donna dorothy doug douglas drew
duke dustin dylan earl eddie edward elena eli elijah elizabeth ella ellen emily emma emmanuel eric
erica erin ethan eva evan eve evelyn faith fatima felix fern finn flora frances francis frank fred
gabriel gabriella gail gary gavin gene george gerald gina ginger glen glenn gloria grace grady
graham grant greg gregory hailey hannah harmony harold harper harry harvey haven hazel heather
heidi helen henry holly hope howard hudson hunter ian irene iris isaac isabel isabella ivan ivy
jack jackson jacob jada jade jake james jamie jan jane janet jasmine jason jasper javier jay jean
jeff jeffrey jenna jennifer jenny jeremy jerry jesse jessica jesus jewel jill jim jimmy joan
joanna joe joel john johnny jon jonathan jordan jorge jose joseph josh joshua joy joyce juan
juanita judith judy julia julian julie june justice justin karen karl kate katherine kathleen
kathy katie kayla keith kelly ken kendra kenneth kerry kevin kim kimberly kyle lance lane larry
laura lauren leah lee leo leon leslie levi lexi liam lila lillian lily linda lindsay lisa logan
lori louis lucas lucia lucy luis luke luna lydia lynn madison maggie malik marc marcus margaret
maria marie marina mario mark martha martin marvin mary mason mateo matt matthew maverick max maya
megan melanie melissa melody mercedes mercy mia michael michele michelle miguel mike miles miranda
mitchell molly monica morgan muhammad myra nancy naomi natalie natasha nathan neal nevaeh nicholas
nick nicole nina noah noel nora norma olive oliver olivia omar opal oscar owen paige pam pamela
parker pat patience patricia patrick paul paula pearl pedro penny peter phil philip phillip phoebe
phoenix piper porter precious preston prince priya quinn rachel ralph randy ray raymond rebecca
reed reese rex rhonda ricardo rich richard rick ricky riley rita river rob robert roberto robin
rocky rod rodney roger roman ron ronald rory rosa rose rosie roy ruby russell ruth ryan sabrina
sadie sage sally sam samantha samuel sandra sandy sara sarah savannah sawyer scarlett scott sean
sebastian serenity seth shane shannon sharon shaun shawn sheila shelby sherry sierra skip sky
skyler sofia sonia sophia sophie spencer stacy stanley stella stephanie stephen steve steven
stuart sue summer susan suzanne sydney sylvia tanner tara taylor ted teresa terry theo theresa
thomas tiffany tim timothy tina todd tom tommy tony tracy travis trevor tristan troy tucker ty
tyler valerie vanessa vera veronica vicki victor victoria vincent violet virginia vivian wade
walker walter wanda warren wayne wendy wesley will william willow winter wyatt xavier yasmin
yolanda zachary zane zoe
"""

#: Words of any text: they tell nothing of a skill, unless as a part of its name.
STOP_WORDS = """
a about above after again against all almost also always am an and another any anybody anyone
anything are around as ask asked at away be because been before being best better between but by
came can cannot come could couldn d did didn do does doesn doing don done down during each either
else ever every everybody everyone everything few find first for from get gets getting give given
go goes going gone good got had has have haven having he hello help her here hers hi him his how
however i if in instead into is isn it its just keep know last least less let like likely ll look
lot made make makes making many may me might mine more most much must my need needs never new next
no nobody none nor not nothing now of off often old on once one only onto or other others our out
over own per please put quite rather re really said same say see seem seen several shall she
should show since so some somebody someone something sometimes soon still such sure t take tell
than thank thanks that the their them then there these they thing this those though three through
thx till to today together tomorrow too took toward tried try turn two under until up upon us use
used uses using ve very via want wants was wasn way we well went were what whatever when where
whether which while who whole whom whose why will with within without won work works would wouldn
yes yesterday yet you your yours
"""


def telling(text: str) -> set[str]:
    """Return the words of a name that tell something; all of them where none alone does."""
    words = set(words_of(text))
    return words - stop_words() or words


@lru_cache(maxsize=1)
def general_words() -> frozenset[str]:
    """Return the general list, as words are compared."""
    return frozenset(words_of(GENERAL_WORDS))


@lru_cache(maxsize=1)
def help_desk_words() -> frozenset[str]:
    """Return the words of help desks' categories, as words are compared."""
    return frozenset(words_of(HELP_DESK_WORDS))


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Return the given names, as words are compared."""
    return frozenset(words_of(GIVEN_NAMES))


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the words that tell nothing, as words are compared."""
    return frozenset(words_of(STOP_WORDS))
